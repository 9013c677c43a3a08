"""Words that tell names from other capitalised words, in English and Spanish, folded."""

from __future__ import annotations

PARTICLES = frozenset("de del la las los da di do dos van von der den ter ten bin ibn al el le du st".split())
TITLES = frozenset(
    "mr mrs ms miss mx dr dra doctor doctora sr sra srta señor señora don doña lic prof rev father sister sir madam".split()
)

ORGANISATION = frozenset(
    """
    inc llc llp ltd corp corporation company co group grp associates partners partnership holdings industries enterprises services solutions systems
    agency agencies insurance insurers brokerage brokers benefits advisors consulting consultants administrators tpa payroll hr
    clinic hospital medical medicine health healthcare center centre care pediatrics peds orthopedics ortho orthopaedics dental dentistry surgery surgical surgicenter
    cardiology oncology urology neurology dermatology radiology imaging pulmonary psychology psychiatry therapy rehab obgyn ent podiatry chiro chiropractic
    family internal practice physicians specialists laboratory labs lab pharmacy nursing hospice dme endocrine allergy
    bank school schools district county city township borough parish church university college academy department office board union local
    bakery restaurant cafe catering dining foods farms farm ranch roofing plumbing electric electrical heating builders building construction contracting contractors
    landscaping nursery garden gardens hardware supply supplies tools tool machine works metal steel iron paper printing print press trucking transport transit logistics
    freight shipping marine motors auto automotive tire tires body garage repair rental rentals realty properties property management hotel hotels resort resorts inn
    travel tours studio studios design designs media marketing software technologies technology tech digital data energy solar power water waste security staffing
    manufacturing mfg fabrication textiles apparel furniture interiors flooring tile glass paint painting cleaners cleaning laundry linen daycare childcare preschool
    salon spa fitness gym foundation trust association society league club museum theater theatre library grain feed mill brewing brewery winery vineyards seafood market
    markets grocery store stores shop shops outfitters imports exports distributors distribution wholesale brothers bros sons bakers florist flowers jewelers cabinets cabinetry
    aerospace aero engineering engineers architects accounting accountants tax law legal attorneys cpa cpas exchange marketplace plan plans coverage financial capital
    navigators aid housing living assisted home homes senior seniors community communities animal veterinary vet pet kennels piano organ clocks candles
    construccion construcciones panaderia restaurante taqueria clinica centro consultorio hospital medico grupo empresa compania techos jardineria servicios asociados
    seguros agencia transportes mudanzas imprenta impresos flores ferreteria lavanderia carniceria molino laboratorio escuela
    casket funeral mortuary chapel diner grill pizza deli kitchen bar pub coffee tea roasters orchard orchards dairy poultry meats
    outpatient inpatient urgent eye vision optical optometry anesthesia gastroenterology gastro gi nephrology dialysis wellness behavioral counseling sleep spine pain kidney heart women womens children childrens
    """.split()
)

NOT_A_NAME = frozenset(
    """
    med internal edge chrome firefox safari windows excel word facebook google pcs taxes ping texas oregon california florida maryland virginia pennsylvania delaware ohio jersey york carolina
    calle avenue street lane road apt box suite terrace blvd county cumberland hes shes im ive dont doesnt didnt wont cant isnt wasnt thats theres heres whos weve theyre youre
    renovacion falta mande yo extension implant manufacturer clinical clinicals underpayment misapplied wrongful delegate household workaround screens parents meals texas skilled seasonal suspended self-bill slcsp
    navigator nurse judge officer agent producer attorney assister counselor therapist surgeon colleague assistant foreman teller rep representative receptionist accountant bookkeeper owner effectively regarding
    twice being roster baby born perfect voluntary separate answering reload delay decision op chair title spouse manager
    a about above according account accounts action active add added adding addition additional address addresses adds advise after afternoon again age agent ago all allow along already
    also although am amount an and annual another answer any anybody anyone anything appeal appeals applicant application applied apply approved april are as asap ask asked asking at ate attach attached
    attachment attachments attn auth authorization august auto available back bad balance be because been before begin below benefit best better between bill billed billing birth birthday bless both boss bronze
    broker business but buenas buenos by call called calling can cancel cancelled cannot card cards carrier case cases cell certificate cert change changed changes changing charge check child children city claim claims
    class clerk client clients close closed co cobra code column come comes commission company complete completed completing concern confirm confirmation consumer consumers contact contract contracts copy correct corrected correction
    could county court cover coverage covered credit current currently customer daddy dad date dates daughter day days dear december delete denial denied department dependent dependents desk detail details did didn diagnosis discharge
    division do does doctor document documents does doing done dont double drop due during each earlier early easy edi effective eft either election electronic eligibility else email emergency employee employees employer employment
    end ended ends enclosed english enroll enrolled enrollee enrollment enter error errors escalation even event ever every everybody everyone everything exam exception exchange exhibit expected expedited explanation express external extra
    failed family fax february fee field fields figure file files finally find first fix follow following for form forms former forward forwarded found fri friday from front full further general get getting gift give given glad go going
    gold good got grievance group groups guys had half happy has hat have having he hello help her here hey hi him hire hired his hold holiday home hope how however hr husband i id ids if immediately in income incorrect info
    information initial inquiry insurance insured into invoice invoices is issue issues it item its itself january job july june just keep kind kindly know last late later least left legal let letter level license like line list listed
    little live load location log login long look looking lost lots loved ma mail mailed mailing main make makes male management manager many march marital marriage married maternity may maybe me meanwhile medicaid medical medicare
    meet member members message mi middle might mine minor miss missing mistake mom monday money month monthly months more morning most mother move moved moving mr mrs ms much must my myself name named names need needed needs never new
    newborn next night no nobody none nor not note nothing notice november now npi npn number numbers occupation october of off office ok okay old on once one online only open operative or order original other our out over own owner page
    paid paper papers part partner party past patient patients pay paying payment payments pcp pending people per period person phone physician pharmacy pid place plan plans platinum please pls plus policy policyholder portal position possible
    post practice premium premiums preauthorization previous prior probably problem procedure process processed producer program proof provider providers pt purpose qualifying quarter question questions quick quote rate rates re reach reason
    received receipt recently reconciliation record records redetermination ref reference referral refund regarding regards register reinstate related relationship remove removal renewal renewals reply report request requested requesting
    required reset resident resolved respond response result retro retroactive return returned review rx salary same saturday say says schedule screen second section see seems self send sending sent sep sept september server service services
    set setup several sex she should show shows side sign signature signed silver similar simple since sir site small so social some somebody someone something son soon sorry speak special spouse ssn standard start started starting
    state statement status step steps still stop street sub subject submit submitted subscriber such sunday supervisor sure switch system tax team tell temp temporary term terminate terminated terminating termination terms test thank thanks
    that the their them then there therefore these they thing things think this those though three through thru thursday thx tier time title to today together told tomorrow too took total town transfer transmission treatment tried try tuesday
    two type under unfortunately unit until up update updated updates updating upon urgent us use used user using usual valid verification verify very via visit vision wait waiting waived want wanted wants warm was way we website wednesday week
    weeks well went were what when where whether which while who whom whose why wife will wish with within without work worked worker working would write wrong year yearly years yes yesterday yet you your yours zip
    eob icu mri pa hmo ppo epo hdhp pos hsa fsa hra sep aor mec irs ein tin dob doh ee er dos cpt icd drg snf dme cms hcfa ub npi npn lms sftp ach usps ups fedex pdf docx xlsx csv scan jpg png cobra aca fmla qle qmcso
    mon tue tues wed thu thur thurs fri sat sun jan feb mar apr jun jul aug oct nov dec
    english spanish chinese mandarin american mexican labor thanksgiving christmas easter
    enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre lunes martes miercoles jueves viernes sabado domingo
    hola estimado estimada estimados estimadas senor senores senora senoras gracias saludos atentamente favor por para con sin sobre desde hasta la el los las un una mi mis su sus nuestro nuestra necesito necesita quiero queremos quisiera
    quisieramos solicito solicitamos adjunto anexo envio enviamos mando buen buena dias tardes noches que cual cuando donde como porque pero tambien ya no si se le les lo me te nos grupo empleado empleada empleados numero fecha nacimiento
    cobertura seguro poliza plan cambio baja alta inscripcion factura pago prima reembolso tarjeta direccion nombre apellido cliente consumidor persona dependiente esposa esposo hijo hija bebe nacio forma formulario solicitud documento
    agente productor proveedor medico reclamo reclamacion apelacion apelamos autorizacion preautorizacion expediente paciente todavia hoy ayer manana en es esta este esto son fue ser hay ha he han podrian pueden puede medicos caso
    motivo asunto suscriptor suscriptora miembro titular vigencia efectiva efectivo presente medio aviso carta duda consulta general atencion mando recien nacido pagamos a quien corresponda
    hi-there goodmorning fyi tia ps pps cc bcc tel ext mobile
    unknown various multiple hmm oh well ugh wow lol alright
    director coordinator specialist analyst administrator supervisor president vice executive assistant bookkeeper secretary treasurer controller officer resources human
    operations support desk enrollment billing licensing contracting records accounts receivable payable finance
    rn md do np phd psyd dds dmd lcsw lmft ma cpc cpa ea esq jr sr ii iii iv shrm cp clu chfc cta dc dpm
    adding removing deleting enrolling ordering cancelling canceling correcting confirming following
    
    """.split()
)
