//! The Spanish words of births, ages and partings.

use super::super::birth::Notion;
use super::super::closing::Parting;
use super::Words;
use super::place::es as place;

pub(super) const WORDS: Words = Words {
    birth: BIRTH,
    closing: CLOSING,
    address: place::ADDRESS,
    numbers: place::NUMBERS,
};

const BIRTH: &[(Notion, &str)] = &[
    (
        Notion::Date,
        "nacimiento, {fecha|año|día|mes|lugar} de nacimiento, fecha en {la |}que nació",
    ),
    (
        Notion::Day,
        "cumpleaños, {cumple|cumples|cumplen|cumplirá} .. años, {su|tu|el|del|de} cumple, \
        sopla .. velas, cuándo cumple, qué día cumple, cuántos cumple, onomástica",
    ),
    (
        Notion::Born,
        "nació, naciste, nacido, nacida, nacidos, nacieron, nace, {vino|venido|viniste|venir|vinieron} al \
        mundo, {vio|visto} la luz",
    ),
    (
        Notion::BornOn,
        "{nació|nacido|nacida} {el|en} , {nació|nacido|nacida} el día, \
        {nació|nacido|nacida} en el año, nació en",
    ),
    (
        Notion::Age,
        "{la|qué|cuál|de|una|edad} edad, edad {del|de la|de su|de tu|tiene|exacta|por favor}, edades, \
        franja de edad, rango de edad, grupo de edad, y edad, edad",
    ),
    (
        Notion::AgeYou,
        "{su|tu} edad, edad de usted, edad {del|de la|de su|de tu} {paciente|niño|niña|hijo|hija|\
        persona|alumno|alumna|bebé|pequeño|pequeña|menor|jugador}",
    ),
    (
        Notion::HowOld,
        "qué edad, cuántos años, cuántas primaveras, cuántas velas, cómo de viej*, \
        qué tan viej*, cuántos añitos, {cuántos|cuántas} .. {tacos|añitos|abriles|primaveras|castañas|velas}",
    ),
    (
        Notion::HowOldYou,
        "{cuántos años|qué edad} {tiene|tendrá} {usted|el paciente|la paciente|el niño|la niña|\
        su hijo|su hija|el pequeño|la pequeña|la persona|la señora|el señor|el bebé|ella|su marido|\
        su mujer|su madre|su padre}, usted {qué edad|cuántos años}, {cuántos años|qué edad} tienes, \
        {cuántos años|qué edad} tienen {ustedes|los niños|sus hijos|los hijos|las niñas|los alumnos}, \
        de qué {año|quinta} {es|son|sois|eres} {usted|ustedes|tú|vosotros|vosotras}, {usted|ustedes} de qué año, {usted|ustedes} {es|son} de qué año, de qué {año|quinta} {eres|sois}, \
        usted es de qué año, de qué quinta, {tiene|tienes} usted {cuántos años|qué edad}, \
        cuántos años ha cumplido, en qué año nació",
    ),
    (
        Notion::HowOldIt,
        "{cuántos años|qué edad} tiene {eso|esto|este aparato}, \
        de qué {año|quinta} es, qué año es",
    ),
    (
        Notion::OfAge,
        "{es|eres|son} {|usted |ya }{mayor|menor|mayores|menores} de edad, {más|menos} de {18|dieciocho} años, \
        {mayor|menor} de {18|dieciocho}, mayor de edad",
    ),
    (
        Notion::Years,
        "{tiene|tienes|tiene usted|usted tiene} .. años, {tiene|tienes} {más|menos} de .. años",
    ),
    (
        Notion::When,
        "cuándo, año, día, mes, fecha, qué año, siglo, década",
    ),
    (
        Notion::Asking,
        "cuándo, cuál, cuáles, qué, cuántos, cuántas, cuánto, en qué, de qué",
    ),
    (
        Notion::Request,
        "{puede|podría|puedo|podrías|puedes|podemos|podríamos|quiere} {|usted |por favor }{decirme|darme|decir|dar|\
        indicarme|indicar|facilitarme|facilitar|proporcionarme|confirmarme|confirmar|repetirme|saber|\
        preguntarle|preguntar|tener|pedirle}, me {dice|da|diga|dé|indica|indique|facilita|facilite|falta|faltan|\
        confirma|confirme|puede|podría|proporciona|recuerda|dices|das|deja|hace falta|haría falta|gustaría}, \
        dígame, deme, dime, indíqueme, facilíteme, confírmeme, necesito, necesitaría, necesitamos, \
        por favor, quisiera, querría, le pido, pedirle, falta, faltaría, debo, tengo que, ahora, anoto, \
        apunto, apuntar, anotar, registrar, saber, primero, también, todavía, hace falta, decirme, darme",
    ),
    (
        Notion::Whose,
        "su, tu, del niño, de la niña, del paciente, de la paciente, de su, usted, le",
    ),
    (
        Notion::Not,
        "no, ningún, ninguna, ninguno, nada, ni, nunca, jamás, tampoco, \
        nadie",
    ),
    (
        Notion::Needing,
        "necesit*, neces*, falta, pregunt*, ped*, pid*, import*, deb*, tengo que, tiene que, \
        tenemos que, quier*, interes*, oblig*, hace, sirve, requier*, requerid*, relevan*, recog*, guard*, \
        fundamental*, esencial*, influye, decirme, darme, pued*, dar, viene al caso, exig*, solicit*, permit*",
    ),
    (
        Notion::Refusal,
        "no {tiene|tienes|tienen|tenéis} que {decir*|dar*|facilitar*|indicar*}, innecesari*, no hace falta, no importa, da igual, es igual, irrelevant*, ninguna fecha, \
        ninguna edad, no necesit*, no le {pido|pregunto|pediré|preguntaré|vamos}, no me \
        {diga|dé|hace|digas}, guárdes*, no es neces*, no es obligatori*, opcional, prescind*, ni \
        la, ni su, lo mismo da, superflu*, prohibido, no se preocupe por, dejemos",
    ),
    (
        Notion::Unable,
        "no {puedo|podemos|se puede|es posible|podré}, imposible",
    ),
    (Notion::Without, "sin, aparte de"),
    (
        Notion::Only,
        "no solo, no sólo, no olvide, olvidar, olvidemos, no se olvide, no hay problema, ningún problema, \
        no me falta más que, no solamente, si no le importa, si no es molestia, no se preocupe, sin problema, \
        si no le molesta",
    ),
    (
        Notion::Noted,
        "anotad*, apuntad*, gracias, recibid*, registrad*, me {ha|había} {dado|dicho|indicado}, tomo nota, \
        tomado nota, lo tengo, la tengo, ya me",
    ),
    (
        Notion::Elsewhere,
        "en la clínica, en la consulta, allí mismo, directamente al, directamente a la, se lo dirá, se la dirá, se la dará, se la dice",
    ),
    (
        Notion::Later,
        "le pedirá, le pedirán, le preguntará, le preguntarán, pedirán, preguntarán, se la \
        pedirá*, se la pedirán, le podrían",
    ),
    (
        Notion::Party,
        "regalo, regalar, fiesta, sorpresa, para un cumpleaños, feliz, felicidades, celebr*, \
        bono, por el cumpleaños, garantía",
    ),
    (
        Notion::AnyAge,
        "todas las edades, cualquier edad, toda edad, de todas edades, cierta edad, tercera edad, \
        a partir de, no importa la edad, da igual la edad, sea cual sea, \
        desde hace cuántos, cuántos años lleva*, cuántos años de, cuántos años hace, hace cuántos años",
    ),
    (
        Notion::Person,
        "niño, niña, niños, niñas, hijo, hija, hijos, hijas, bebé, chico, chica, paciente, \
        pacientes, persona, personas, marido, mujer, esposa, esposo, madre, padre, mamá, papá, abuel*, \
        alumn*, adult*, jugador*, principiante*, señora, señor, usted, ella, cliente, pequeñ*, inquilin*, \
        nieto, nieta, menor",
    ),
    (
        Notion::Thing,
        "caldera*, boiler, calentador*, termo, termos, instalación*, instalacion*, tubo, tubos, \
        tubería*, tuberia*, cañería*, grifo*, inodoro*, váter, wc, cisterna*, lavabo*, fregadero*, bañera, \
        ducha*, edificio*, casa, piso, vivienda*, apartamento*, aparato*, equipo*, bomba*, radiador*, \
        calefacción, puerta*, cerradura*, bombín, bombillo, cilindro*, llave, llaves, aire, split, \
        corona*, empaste*, implante*, prótesis, puente, diente*, muela*, carilla*, raqueta*, máquina*, \
        lavadora*, lavavajillas, depósito*, sistema*, modelo*, sifón, junta*, válvula*, compresor*, tejado, \
        villa, coche, cepillo, problema, avería, fuga, daño, contrato, baño, cocina, fontanería, local, finca, \
        atasco, lleva, \
        perro*, perra, gato*, gata, animal*, mascota*",
    ),
];

const CLOSING: &[(Parting, &str)] = &[
    (
        Parting::Bye,
        "adiós, hasta luego, hasta pronto, hasta la vista, hasta la próxima, hasta otra, hasta siempre, \
        hasta entonces, nos vemos pronto, me despido, nos despedimos, chao, chau, abur, bye, agur, \
        vaya con dios, que le vaya, que te vaya, que les vaya, vaya usted con, \
        y descanse, descanse usted",
    ),
    (
        Parting::Wish,
        "que {tenga|tengas|tengan|pase|pases|pasen|disfrute|disfrutes|disfruten} .. {día|tarde|noche|\
        semana|jornada|mañana|domingo|sábado|finde|descanso}, {buen|feliz|bonito|excelente} {fin de semana|\
        finde|domingo|sábado|descanso|viaje|resto|jornada}, {feliz|bonita|excelente|buena} {tarde|noche|semana|jornada}, \
        {feliz|bonito|excelente|estupendo} día, {tenga|ten|tengan|pase|pasen} {un|una} .. {día|tarde|noche|jornada|semana}, \
        cuídese, cuídate, cuídense, que descanse, que descanses, le deseo .. {día|tarde|noche|jornada|semana}, \
        disfrute {del|de la|de su} {día|tarde|noche|fin|semana}, {felices|buenas} {fiestas|vacaciones}",
    ),
    (
        Parting::Bare,
        "hasta mañana, hasta ahora, hasta después, hasta el {lunes|martes|miércoles|jueves|viernes|sábado|\
        domingo}, nos vemos, igualmente, un saludo, saludos, un abrazo, hablamos pronto, un cordial saludo, \
        hasta esta tarde, estamos en contacto, buen día, hablamos, seguimos en contacto, hasta más tarde",
    ),
    (
        Parting::Soft,
        "ciao, buenas noches, buenas tardes, buenos días",
    ),
    (
        Parting::Thanks,
        "gracias por {|su |tu |la |habernos |haber |habernos |llamarnos |contactarnos |haberme }{llamar|llamada|llamado|\
        contactar|contactado|confianza|llamarnos|contactarnos}, {gracias|agradezco|agradecemos} {por |}{|su |la }{llamada|confianza}, \
        le {agradezco|agradecemos} .. {llamada|llamado}",
    ),
    (
        Parting::Comfort,
        "que se mejore, que te mejores, que se recupere, mucho ánimo, ánimo, buena suerte, \
        mucha suerte, pronta recuperación",
    ),
    (
        Parting::Greeting,
        "{buenas noches|buenas tardes|buenos días} {en qué|soy|le|habla|dígame|bienvenid*}",
    ),
    (
        Parting::Filler,
        "bueno, pues, gracias, muchas, muy, bien, vale, entonces, perfecto, señora, señor, sí, y, \
        de acuerdo, claro, usted, a usted, eso es todo, todo, doña, don, ya, le, deseo, nada, por, a, listo, que",
    ),
    (Parting::Before, "antes, antes de, antes de que, hasta que"),
    (Parting::Not, "no, nunca, sin, ni, todavía no, aún no"),
    (Parting::Say, "dec*, dig*, cuelg*, colgar, desp*, pronunci*"),
    (
        Parting::Hope,
        "espero que esté, esté teniendo, está teniendo, ha tenido, espero que haya, está pasando",
    ),
];
