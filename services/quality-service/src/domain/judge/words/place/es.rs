//! The Spanish words of places and numbers.

use super::super::super::address::Place;

pub(in super::super) const ADDRESS: &[(Place, &str)] = &[
    (
        Place::Street,
        "calle, avenida, avda, paseo, camino, carretera, ronda, glorieta, travesía, \
        callejón, costanilla, c de, bulevar, alameda, rambla, autovía",
    ),
    (
        Place::WeakStreet,
        "plaza, plazuela, pasaje, cuesta, cava, gran, c, puerta, vía, corredera, carrera, calleja, av",
    ),
    (
        Place::Label,
        "número, num, no, n, el número, al número, numero, portal, en el, bloque",
    ),
    (
        Place::Unit,
        "hora, horas, minuto, minutos, euro, euros, día, días, semana, semanas, mes, meses, año, \
        años, vez, veces, personas, plazas, litros, planta, metros, kilómetros, km, enero, febrero, marzo, \
        abril, mayo, junio, julio, agosto, septiembre, octubre, noviembre, diciembre, por ciento, \
        fontaneros, clientes, segundos, cifras, grados, kilos, de la mañana, de la tarde, piso",
    ),
    (
        Place::NoName,
        "lunes, martes, miércoles, jueves, viernes, sábado, domingo, tenis, whatsapp, sms, teléfono, \
        correo, postal, principal, abajo, arriba, cortada, precio, principio, de paso, \
        distrito, zona, línea, autobús",
    ),
    (
        Place::Yours,
        "usted está, usted vive, está usted, vive usted, su {dirección|casa|domicilio|piso|vivienda|calle|\
        edificio}, a su casa, en su casa, vive en, me ha {dicho|dado|indicado}, he anotado, anoto, apunto, \
        anotado, apuntado, confirmo, la avería está, el aviso es, le mando, se encuentra usted, \
        tomo nota, donde usted, repito, se aloja, vive",
    ),
    (
        Place::Ours,
        "nuestra {dirección|consulta|clínica|oficina|tienda|sede}, nuestro {local|taller|despacho|estudio|\
        centro|almacén}, {estamos|nos encontramos|estamos ubicados|estamos situados} {en|aquí}, la dirección \
        {es|de la|del|de}, su dirección es, dirección es, {vaya|venga|acuda|diríjase|pase|pásese|acérquese|preséntese|\
        puede ir|puede acudir|puede pasar|puede venir|ir} .. {a|en|al|por|calle}, nos encuentra, lo encontrará en, \
        la encontrará en, aquí tiene la dirección, le encontrará en",
    ),
    (
        Place::Provider,
        "clínica*, consulta, dentista*, fontaner*, doctor, doctora, dr, dra, taller*, oficina*, empresa*, \
        tienda*, cerrajer*, técnico*, centro*, gabinete, médico*, colaborador*, sede, local, negocio, odontólog*, \
        compañero, profesional*, despacho, entrenador*, club, profesor*, academia, \
        almacén, depósito, exposición, equipo",
    ),
    (
        Place::Located,
        "está en, queda en, se encuentra, está {situad*|ubicad*|justo|aquí|allí}, situad*, ubicad*, \
        tiene su {sede|consulta|taller}, atiende en, trabaja en, pasa consulta, recibe en, le espera, \
        se ubica, se sitúa, en la calle, en el paseo, en la avenida, con sede, opera desde, están en",
    ),
    (Place::Example, "por ejemplo, como por"),
    (
        Place::Near,
        "cerca, junto a, al lado, detrás, enfrente, frente a, alrededor, hacia, zona, a la altura",
    ),
    (
        Place::Town,
        "madrid, alcobendas, getafe, leganés, móstoles, alcorcón, fuenlabrada, pozuelo, pozuelo de alarcón, \
        majadahonda, las rozas, coslada, torrejón de ardoz, alcalá de henares, parla, barcelona, valencia, sevilla, \
        san sebastián de los reyes, rivas, boadilla del monte, ginebra, milán",
    ),
];

pub(in super::super) const NUMBERS: &str = "cero 0, uno 1, un 1, una 1, dos 2, tres 3, cuatro 4, cinco 5, seis 6, siete 7, ocho 8, \
    nueve 9, diez 10, once 11, doce 12, trece 13, catorce 14, quince 15, dieciséis 16, diecisiete 17, \
    dieciocho 18, diecinueve 19, veinte 20, veintiuno 21, veintidós 22, veintitrés 23, veinticuatro 24, \
    veinticinco 25, veintiséis 26, veintisiete 27, veintiocho 28, veintinueve 29, treinta 30, cuarenta 40, \
    cincuenta 50, sesenta 60, setenta 70, ochenta 80, noventa 90, cien 100, ciento 100, doscientos 200, \
    trescientos 300, cuatrocientos 400, quinientos 500, seiscientos 600, setecientos 700, ochocientos 800, \
    novecientos 900, mil x1000, y &";
