//! The Spanish words by which a call's class is read.

use super::super::super::need::{Conduct, Sign, Trade};

pub(super) const CONDUCT: &[(Conduct, &str)] = &[
    (
        Conduct::Field,
        "su nombre, qué nombre, cómo se llama, nombre y, teléfono, su número, qué número, un \
        número, móvil, barrio, municipio, dónde vive, dónde está, qué zona, qué parte, su \
        dirección, a nombre de, con quién hablo, dónde es, su whatsapp, me dice su, por qué \
        zona",
    ),
    (
        Conduct::WrongNumber,
        "equivocado, confundido de número, otro número, número equivocado",
    ),
    (
        Conduct::Redirect,
        "eso lo {lleva|llevan|hace|hacen}, le hace falta {un|una}, necesita {un|una}, no {puedo|podemos} .. {ayudar*|atender*|recoger*|tramitar*|hacer*}, no \
        {hacemos|ofrecemos|atendemos|tramitamos|vendemos|contratamos|tenemos|llevamos|reparamos|nos \
        dedicamos|trabajamos|alquilamos|servimos}, {solo|solamente|únicamente} \
        {hacemos|atendemos|nos|para|de|fontanería|llevamos|tramitamos|somos|cerrajería|clases}, \
        {esta|este} {línea|número|servicio|teléfono} es, esto es {un|una}, aquí \
        {solo|es|somos}, no es {aquí|nuestro|el número|lo nuestro|cosa|un|una}, no somos, se \
        ha equivocado, {número|teléfono} equivocado, un electricista, tendría que llamar, no \
        nos interesa, no me interesa, no estamos interesados, otro número, \
        solo {personas|pacientes|clientes}, es un servicio de, es {fontanería|cerrajería}, aquí no hay ningun*, aquí no, se ha confundido, le hace falta un {veterinario|electricista}, necesita un {veterinario|electricista|abogado}, se lo dieron mal, no tengo el, le recomiendo",
    ),
];

pub(super) const NEED: &[(Sign, &str)] = &[
    (
        Sign::Symptom(Trade::Plumbing),
        "{una|la|hay|tengo} {fuga|fugas|gotera|goteras}, fuga de agua, fugas, gotera*, \
        escape de agua, {grifo|tubería|tubo|cisterna|inodoro|váter|fregadero|lavabo|caldera|termo|calentador|ducha|desagüe|\
        cañería|bajante|wc|bañera|radiador} .. {gotea|pierde|rota|roto|atascad*|atasca|atranc*|reventad*|calienta|funciona|traga|\
        fuga|sale|tira|estropead*|averiad*|picad*|rebos*}, atasc*, atranc*, desatasc*, desatranc*, inund*, {sin|no hay|no tengo|\
        no sale} agua {|caliente}, agua .. {suelo|techo|sale|cae|pared|partes|caliente}, humedad* .. {techo|pared}, reventado .. tub*, \
        reform* .. baño",
    ),
    (
        Sign::Thing(Trade::Plumbing),
        "descalcificador*, fontaner*, plomer*, grifo*, tubería*, cañería*, inodoro*, váter, wc, \
        cisterna*, lavabo*, fregadero*, bañera, ducha*, caldera*, calentador*, termo, desagüe*, sifón, \
        radiador*, calefacción, cuarto de baño, bajante*, lavamanos, retrete, arqueta, \
        baño, baños, sumidero, alcantarill*, cañerías, llave de paso, contador de agua, \
        grifer*, lavaplatos, llave del agua, agua caliente",
    ),
    (
        Sign::Vague(Trade::Plumbing),
        "gotea, pierde, agua, humedad*, fuga",
    ),
    (
        Sign::Symptom(Trade::Dental),
        "dolor de {muela*|diente*|encía*}, {muela|muelas|diente|dientes|encía|juicio} .. {duele|\
        duelen|dolor|rot*|partid*|mueve|caíd*|cayó|sacar|sensib*|inflam*|sangr*|picad*}, duele .. {muela|diente|encía|muelas}, \
        {roto|partido|perdido} .. {diente|muela}, flemón, caries, {corona|empaste|puente|funda} .. {caíd*|cayó|\
        suelt*|rot*|despegad*|salt*}, cara .. hinchada, limpieza {dental|bucal|de boca}, blanqueamiento, \
        {cita|revisión|consulta} .. {dentista|dental}, brackets, absceso",
    ),
    (
        Sign::Thing(Trade::Dental),
        "dentista*, dental*, diente*, muela*, corona, empaste, implante*, encía*, \
        odontólog*, ortodon*, endodoncia, mandíbula, \
        funda, boca, dentadura, ortodoncista, brackets, aparato dental",
    ),
    (
        Sign::Symptom(Trade::Tennis),
        "{clase|clases|curso|cursos|profesor|profesora|entrenador|entrenadora|lección|lecciones|monitor|\
        monitora|entrenamiento|entrenamientos} {|particulares |particular }de tenis, {aprender|jugar|empezar|probar} .. tenis, tenis para, {clase|clases} .. tenis",
    ),
    (Sign::Thing(Trade::Tennis), "tenis, raqueta*"),
    (
        Sign::Vague(Trade::Tennis),
        "clase, clases, profesor, entrenador, lecciones, \
        aprender, enseñ*, principiante*",
    ),
    (
        Sign::Symptom(Trade::Locksmith),
        "{fuera|encerrad*} .. {casa|llaves|puerta}, puerta .. {cerrada|cerró|bloquead*|\
        atascada|abre|abrir}, {perdido|olvidado|roto|partido|robado|dejado|perdí|dejé} .. {llave|llaves}, {llave|llaves} .. {rota|rot*|partid*|\
        atascada|dentro|perdid*|gira}, cerradura .. {rot*|atascada|forzada|cambiar|bloqueada|funciona|gira}, {cambiar|abrir|arreglar|\
        reparar} .. {cerradura|bombín|puerta|cilindro}",
    ),
    (
        Sign::Thing(Trade::Locksmith),
        "caja fuerte, candado*, cerrajer*, cerradura*, bombín, bombillo, llave, llaves, candado",
    ),
    (
        Sign::Symptom(Trade::Cooling),
        "{aire acondicionado|aire|climatizador|split} .. {enfría|funciona|rot*|gotea|pierde|\
        ruido|averiad*|estropead*|enciende}, {reparar|instalar|limpiar|cargar|arreglar|revisar} .. {aire|\
        climatizador|split}",
    ),
    (
        Sign::Thing(Trade::Cooling),
        "aire acondicionado, climatizador*, climatización, split, freón",
    ),
    (
        Sign::Other,
        "alicatador*, gafas, {factura|recibo} {del|de} {agua|gas}, comprar .. raqueta*, pizza*, pizzería, restaurante*, una mesa, taxi*, farmacia*, peluquer*, barber*, abogad*, \
        electricista*, enchufe*, se ha ido la luz, pintor*, qué tiempo, previsión, pronóstico, \
        {reservar|habitación} .. hotel, billete*, veterinari*, mecánico*, taller de coches, \
        neumático*, wifi, móvil nuevo, pasaporte*, impuestos, gestor*, sushi, kebab, \
        hamburgues*, flores, florister*, carpinter*, jardiner*, mudanza*, yoga, masaje*, \
        concierto*, lotería, oculista, oftalm*, óptica, fisio*, ginec*, dermatolog*, vacuna*, \
        chiste, panader*, {alquilar|comprar|vender} .. {piso|casa|coche|apartamento|moto}, surf, \
        golf, fútbol, pádel, natación, piano, televisor*, televisión, cristaler*, horóscopo, \
        receta*, médico de cabecera, médico general, pediatra, vuelo*, qué hora es, carnet, \
        pedir comida, pedir una, a domicilio, autoescuela, limpieza de, señora de la limpieza, \
        albañil*, persiana*, plagas, cucarachas, internet en casa, mensajer*, repartidor*, palé, \
        permiso de residencia, permiso b, dni, empresa de mudanzas, lloverá, oficina de turismo, \
        modista, zapatero, sin luz, diferencial, bombilla*, gimnasio, pelo, uñas, muebles, la \
        luz, va a llover, el nie, \
        mi {ordenador|portátil|móvil|impresora}",
    ),
    (Sign::Vehicle, "coche, carro, furgoneta, vehículo"),
    (
        Sign::Animal,
        "perro*, perra, gato*, gata, conejo, mascota*, animal*, veterinari*",
    ),
    (
        Sign::Wrong,
        "número equivocado, me he equivocado, me equivoqué, equivocado de, me he confundido, \
        persona equivocada, marcado mal, se ha equivocado",
    ),
    (
        Sign::Job,
        "{busco|buscando|busca|necesito|quería} {|un |algún }{trabajo|empleo|puesto|prácticas}, \
        {oferta|ofertas|puesto} de {trabajo|empleo}, currículum, curriculum, mi cv, vacante*, \
        contratando, contratan, trabajar {con|para|en} {ustedes|vosotros|su}, candidatura, \
        {necesitan|necesitáis|buscan|buscáis|contratáis|cogéis} \
        {gente|personal|fontaneros|técnicos|a alguien}, soy \
        {fontanero|técnico|cerrajero|electricista|dentista|albañil}, aprendiz, \
        años de experiencia, tengo experiencia",
    ),
    (
        Sign::Pitch,
        "encuesta*, estudio de mercado, mensaje {grabado|automático|pregrabado|publicitario}, grabación, \
        {placas|paneles} solares, fotovoltaic*, posicionamiento, primera página, primeros en google, primero en google, \
        su {página web|web|sitio web|factura|tarifa|compañía de|negocio en|ficha}, le {ofrecemos|ofrezco|proponemos|propongo}, \
        {pulse|presione} {el|uno|1}, marque {uno|1}, ha ganado, ha sido seleccionad*, enhorabuena, felicidades, \
        criptomoneda*, bitcoin*, inversi*, invertir, oferta {especial|exclusiva|limitada|única}, \
        {más|nuevos} clientes, compañía {eléctrica|de luz|de la luz|telefónica|de gas}, factura de la luz, factura de luz, \
        unas preguntas, algunas preguntas, fibra óptica, telemarketing, préstamo*, tarifa plana, al mes, permanezca a la espera, no cuelgue, su llamada es importante, cámbiese, contrate, llame ya, llame ahora, solo hoy, últimos días, ilimitad*, un asesor, condiciones especiales, directorio de empresas, su anuncio, crédito, permanencia, sorteo, alarmas, \
        tenemos .. {oferta|promoción|descuento}, {ofrecerle|proponerle|presentarle|venderle|ofrecerles}, {vendemos|suministramos|distribuimos}, suministros de, mayorista*, distribuidor*, proveedor*, catálogo*, muestra gratis, muestras, sus {clientes|facturas|competidores}, {paga|pagan|pagando} {|siempre }{de más|demasiado}, comparar*, comparador*, ventajos*, un asesor, comercial de, representante de, precios especiales, con qué compañía, titular de la línea, qué compañía",
    ),
    (
        Sign::Lure,
        "su {empresa|negocio|establecimiento}, promoción*, promocion*, gratis, gratuit*, oferta*, \
        descuento*, ahorr*, sin compromiso, suscripción, demostración, software, titular, \
        responsable, encargad*, gerente, dueñ*, {nuestra|de la} {empresa|compañía|agencia}, \
        colaboración, soluci*, seguro*, marketing, publicidad, aproveche, empresas, de parte de, \
        en nombre de, por ciento, condiciones",
    ),
    (
        Sign::Want,
        "necesito, necesitamos, quiero, queremos, quería, quisiera, busco, buscamos, me hace \
        falta, {puede|pueden|podría|podrían}, cita, reparar, reparación, arregl*, precio*, \
        cuánto cuesta, cuánto, presupuesto, instalar, cambiar, mandar, enviar, reservar, llamo \
        por, llamo porque",
    ),
    (
        Sign::Mine,
        "en mi casa, mi, mis, nuestro, nuestra, tengo, tenemos, se me ha, se nos ha, urgen*, \
        emergencia, problema*, avería, averiad*, en casa",
    ),
    (
        Sign::Appliance,
        "nevera*, frigorífico*, lavadora*, lavavajillas, congelador*, horno, vitrocerámica, \
        secadora*",
    ),
    (
        Sign::Identity,
        "es usted, hablo con, llamo al, llamo a la, son ustedes, es ahí, esto es, es el, es la",
    ),
    (Sign::Not, "no, ningún, ninguna, sin, ni"),
    (Sign::Yes, "sí, exacto, eso es, correcto, claro, así es"),
    (
        Sign::Filler,
        "hola, sí, no, diga, dígame, buenos, días, buenas, tardes, noches, gracias, adiós, eh, ah, oh, mm, \
        pues, bueno, vale, bien, señor, señora, oiga, oye, es, el, la, los, las, un, una, de, del, en, a, al, con, \
        por, para, que, qué, quién, cómo, yo, usted, me, le, se, te, lo, y, o, pero, si, ya, aquí, ahí, está, estoy, \
        hay, alguien, oigo, oye, espere, momento, perdón, perdone, disculpe, por favor, silencio, ruido, música, \
        inaudible, nada, muy, esto, eso, este, mi, soy, muchas, claro, aló, escucha, hablar, habla, hablo, venga, solo",
    ),
    (
        Sign::Leave,
        "vuelvo a llamar, llamo luego, llamo más tarde, más tarde, llamaré, robot, máquina, contestador, \
        persona real, persona de verdad, humano, inteligencia artificial, déjelo, déjalo, no tengo tiempo, no gracias, \
        cuelgo, colgar, tengo que irme, me tengo que ir, otro momento, otra ocasión, se corta, no se oye, no oigo, conduciendo, \
        da igual, luego llamo, olvídelo, \
        un ordenador, una grabadora, voz automática",
    ),
];
