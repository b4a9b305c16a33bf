<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="pt_PT" sourcelanguage="en_US">
<context>
    <name></name>
    <message>
        <source>1 row of {place}</source>
        <translation>1 linha de {place}</translation>
    </message>
    <message>
        <source>1 value of {place}</source>
        <translation>1 valor de {place}</translation>
    </message>
    <message>
        <source>A JSON list is wanted here, such as [&quot;red&quot;, &quot;blue&quot;].</source>
        <translation>Aqui é preciso uma lista JSON, como [&quot;red&quot;, &quot;blue&quot;].</translation>
    </message>
    <message>
        <source>A JSON object is wanted here, such as {&quot;colour&quot;: &quot;blue&quot;}.</source>
        <translation>Aqui é preciso um objeto JSON, como {&quot;colour&quot;: &quot;blue&quot;}.</translation>
    </message>
    <message>
        <source>A brace is missing in this question: it was left out.</source>
        <translation>Falta uma chaveta nesta pergunta: ficou de fora.</translation>
    </message>
    <message>
        <source>A certificate hangs on this, and certificates are kept for ever.</source>
        <translation>Disto depende um certificado, e os certificados guardam-se para sempre.</translation>
    </message>
    <message>
        <source>A certificate has been issued for this enrollment already.</source>
        <translation>Já foi emitido um certificado para esta inscrição.</translation>
    </message>
    <message>
        <source>A certificate was issued for this enrollment, and certificates are kept for ever: it cannot be withdrawn.</source>
        <translation>Foi emitido um certificado para esta inscrição, e os certificados guardam-se para sempre: não pode ser anulada.</translation>
    </message>
    <message>
        <source>A copy takes about {seconds} s and {megabytes} MB on the server; it is dumped and restored.</source>
        <translation>Uma cópia demora cerca de {seconds} s e ocupa {megabytes} MB no servidor; faz-se a partir de uma cópia de segurança.</translation>
    </message>
    <message>
        <source>A copy takes about {seconds} s and {megabytes} MB on the server; nobody can connect to the database meanwhile.</source>
        <translation>Uma cópia demora cerca de {seconds} s e ocupa {megabytes} MB no servidor; entretanto ninguém se pode ligar à base de dados.</translation>
    </message>
    <message>
        <source>A date or time is not written as one.</source>
        <translation>Uma data ou hora não está escrita como tal.</translation>
    </message>
    <message>
        <source>A day is written like 2026-11-20.</source>
        <translation>Um dia escreve-se assim: 2026-11-20.</translation>
    </message>
    <message>
        <source>A deactivated person cannot sign in; everything they did is kept.</source>
        <translation>Uma pessoa desativada não pode iniciar sessão; tudo o que fez é conservado.</translation>
    </message>
    <message>
        <source>A faster change log: what changed in a statement is found out first, and no other column is written out.</source>
        <translation>Um registo de alterações mais rápido: apura-se primeiro o que mudou numa instrução, e nenhuma outra coluna é escrita.</translation>
    </message>
    <message>
        <source>A moment is written like 2026-11-20 10:00.</source>
        <translation>Um momento escreve-se assim: 2026-11-20 10:00.</translation>
    </message>
    <message>
        <source>A multiple choice without options cannot be written there.</source>
        <translation>Uma escolha múltipla sem opções não se pode escrever aí.</translation>
    </message>
    <message>
        <source>A new lesson comes last in its course.</source>
        <translation>Uma lição nova fica no fim do seu curso.</translation>
    </message>
    <message>
        <source>A new question comes last in its quiz.</source>
        <translation>Uma pergunta nova fica no fim do seu questionário.</translation>
    </message>
    <message>
        <source>A number is too large or too small to be stored.</source>
        <translation>Um número é grande ou pequeno de mais para ser guardado.</translation>
    </message>
    <message>
        <source>A password has at least {least} characters.</source>
        <translation>Uma palavra-passe tem pelo menos {least} caracteres.</translation>
    </message>
    <message>
        <source>A password may be at most {most} bytes long; this one has {length}.</source>
        <translation>Uma palavra-passe pode ter no máximo {most} bytes; esta tem {length}.</translation>
    </message>
    <message>
        <source>A password may not be blank.</source>
        <translation>Uma palavra-passe não pode estar em branco.</translation>
    </message>
    <message>
        <source>A password may not hold a NUL character.</source>
        <translation>Uma palavra-passe não pode conter um carácter NUL.</translation>
    </message>
    <message>
        <source>A password that was set cannot be taken back: what it was before is written down nowhere.</source>
        <translation>Uma palavra-passe definida não se pode repor: a anterior não está escrita em lado nenhum.</translation>
    </message>
    <message>
        <source>A password that was set stays: what it was before is written down nowhere.</source>
        <translation>Uma palavra-passe definida fica: a anterior não está escrita em lado nenhum.</translation>
    </message>
    <message>
        <source>A port is a number from 1 to 65535.</source>
        <translation>Uma porta é um número de 1 a 65535.</translation>
    </message>
    <message>
        <source>A question of the type {type} cannot be written there.</source>
        <translation>Uma pergunta do tipo {type} não se pode escrever aí.</translation>
    </message>
    <message>
        <source>A question whose options are not understood cannot be written there.</source>
        <translation>Uma pergunta cujas opções não se percebem não se pode escrever aí.</translation>
    </message>
    <message>
        <source>A quiz of neither a course nor a lesson is the administrators&apos;.</source>
        <translation>Um questionário que não é de um curso nem de uma lição pertence aos administradores.</translation>
    </message>
    <message>
        <source>A rule of the database does not allow this.</source>
        <translation>Uma regra da base de dados não o permite.</translation>
    </message>
    <message>
        <source>A short answer with “-&gt;” in it cannot be written as GIFT.</source>
        <translation>Uma resposta curta com “-&gt;” não se pode escrever em GIFT.</translation>
    </message>
    <message>
        <source>A short answer without an accepted one cannot be written there.</source>
        <translation>Uma resposta curta sem nenhuma aceite não se pode escrever aí.</translation>
    </message>
    <message>
        <source>A star stands for any text in the answer {answer}; here it is a star.</source>
        <translation>Na resposta {answer} um asterisco vale por qualquer texto; aqui é um asterisco.</translation>
    </message>
    <message>
        <source>A statement that is not said to be true or false cannot be written there.</source>
        <translation>Uma afirmação da qual não se diz se é verdadeira ou falsa não se pode escrever aí.</translation>
    </message>
    <message>
        <source>A table could not be locked, because somebody else holds it (tries: {tries}): {who}.</source>
        <translation>Não se conseguiu uma tabela, porque outra pessoa a ocupa (tentativas: {tries}): {who}.</translation>
    </message>
    <message>
        <source>A text holds a NUL character, which the database cannot store.</source>
        <translation>Um texto contém um carácter NUL, que a base de dados não pode guardar.</translation>
    </message>
    <message>
        <source>A text holds a character that the database cannot read back.</source>
        <translation>Um texto contém um carácter que a base de dados não consegue voltar a ler.</translation>
    </message>
    <message>
        <source>A text holds a character that the database cannot store.</source>
        <translation>Um texto contém um carácter que a base de dados não pode guardar.</translation>
    </message>
    <message>
        <source>A text in this JSON holds \u0000 or half a character; PostgreSQL could not read it back.</source>
        <translation>Um texto neste JSON contém \u0000 ou meio carácter; o PostgreSQL não o conseguiria voltar a ler.</translation>
    </message>
    <message>
        <source>A text is longer than its field allows.</source>
        <translation>Um texto é mais comprido do que o seu campo permite.</translation>
    </message>
    <message>
        <source>A text is longer than the {limit} characters that its field allows.</source>
        <translation>Um texto é mais comprido do que os {limit} caracteres que o seu campo permite.</translation>
    </message>
    <message>
        <source>A value cannot be stored as it is.</source>
        <translation>Um valor não pode ser guardado tal como está.</translation>
    </message>
    <message>
        <source>A value is not of the kind that its field takes.</source>
        <translation>Um valor não é do tipo que o seu campo aceita.</translation>
    </message>
    <message>
        <source>A value is not valid JSON.</source>
        <translation>Um valor não é JSON válido.</translation>
    </message>
    <message>
        <source>A value is too large for the database.</source>
        <translation>Um valor é grande de mais para a base de dados.</translation>
    </message>
    <message>
        <source>A value that has to be there is missing.</source>
        <translation>Falta um valor que tem de existir.</translation>
    </message>
    <message>
        <source>A web address begins with https:// or http://, or with / for a file of the school&apos;s own.</source>
        <translation>Um endereço web começa por https:// ou http://, ou por / para um ficheiro da própria escola.</translation>
    </message>
    <message>
        <source>A whole number is wanted here, such as 12.</source>
        <translation>Aqui é preciso um número inteiro, como 12.</translation>
    </message>
    <message>
        <source>About</source>
        <translation>Sobre</translation>
    </message>
    <message>
        <source>Account</source>
        <translation>Conta</translation>
    </message>
    <message>
        <source>Activate</source>
        <translation>Ativar</translation>
    </message>
    <message>
        <source>Activated {name}.</source>
        <translation>{name}: conta ativada.</translation>
    </message>
    <message>
        <source>Activated {n} people.</source>
        <translation>{n} pessoas ativadas.</translation>
    </message>
    <message>
        <source>Active</source>
        <translation>Ativa</translation>
    </message>
    <message>
        <source>Add lesson</source>
        <translation>Adicionar lição</translation>
    </message>
    <message>
        <source>Add person</source>
        <translation>Adicionar pessoa</translation>
    </message>
    <message>
        <source>Add question</source>
        <translation>Adicionar pergunta</translation>
    </message>
    <message>
        <source>Added {name} to {parent}, place {place}.</source>
        <translation>{name}: adicionado a {parent}, posição {place}.</translation>
    </message>
    <message>
        <source>Added {n} questions to {parent}, places {place} to {last}.</source>
        <translation>{n} perguntas adicionadas a {parent}, posições {place} a {last}.</translation>
    </message>
    <message>
        <source>Additional indexes for queries.</source>
        <translation>Índices adicionais para consultas.</translation>
    </message>
    <message>
        <source>Administration</source>
        <translation>Administração</translation>
    </message>
    <message>
        <source>Administrator</source>
        <translation>Administrador</translation>
    </message>
    <message>
        <source>Advanced</source>
        <translation>Avançado</translation>
    </message>
    <message>
        <source>All connections of this window to the database are busy.</source>
        <translation>Todas as ligações desta janela à base de dados estão ocupadas.</translation>
    </message>
    <message>
        <source>All of the options are marked as right.</source>
        <translation>Todas as opções estão marcadas como certas.</translation>
    </message>
    <message>
        <source>Allow more time, or rehearse on a copy.</source>
        <translation>Dê mais tempo, ou ensaie numa cópia.</translation>
    </message>
    <message>
        <source>An administrator can activate it again.</source>
        <translation>Um administrador pode voltar a ativá-la.</translation>
    </message>
    <message>
        <source>An administrator can delete it, certificate included.</source>
        <translation>Um administrador pode eliminá-la, com o certificado.</translation>
    </message>
    <message>
        <source>An administrator can delete it, certificates included.</source>
        <translation>Um administrador pode eliminá-lo, com os certificados.</translation>
    </message>
    <message>
        <source>An administrator can delete it.</source>
        <translation>Um administrador pode eliminá-lo.</translation>
    </message>
    <message>
        <source>An administrator can do it or give you the role for it.</source>
        <translation>Um administrador pode fazê-lo ou dar-lhe o perfil para isso.</translation>
    </message>
    <message>
        <source>An administrator can do it.</source>
        <translation>Um administrador pode fazê-lo.</translation>
    </message>
    <message>
        <source>An administrator can give you another.</source>
        <translation>Um administrador pode dar-lhe outro.</translation>
    </message>
    <message>
        <source>An administrator can install it here.</source>
        <translation>Um administrador pode instalá-lo aqui.</translation>
    </message>
    <message>
        <source>An administrator can take it back.</source>
        <translation>Um administrador pode repô-lo.</translation>
    </message>
    <message>
        <source>An administrator has to apply the pending migrations.</source>
        <translation>Um administrador tem de aplicar as migrações pendentes.</translation>
    </message>
    <message>
        <source>An administrator sees what everybody did.</source>
        <translation>Um administrador vê o que todos fizeram.</translation>
    </message>
    <message>
        <source>An e-mail address looks like name@school.edu.</source>
        <translation>Um endereço de e-mail é como name@school.edu.</translation>
    </message>
    <message>
        <source>An option in the database&apos;s address is not one that PostgreSQL knows.</source>
        <translation>Uma opção no endereço da base de dados não é conhecida do PostgreSQL.</translation>
    </message>
    <message>
        <source>Another administrator can.</source>
        <translation>Outro administrador pode.</translation>
    </message>
    <message>
        <source>Another certificate has the number{value} already.</source>
        <translation>Outro certificado já tem o número{value}.</translation>
    </message>
    <message>
        <source>Another course has the short name{value} already.</source>
        <translation>Outro curso já tem o nome curto{value}.</translation>
    </message>
    <message>
        <source>Another migration is running in this program.</source>
        <translation>Já está outra migração em curso neste programa.</translation>
    </message>
    <message>
        <source>Another person has the e-mail address{value} already.</source>
        <translation>Outra pessoa já tem o endereço de e-mail{value}.</translation>
    </message>
    <message>
        <source>Another program is writing to the same list all the time. Nothing was changed.</source>
        <translation>Outro programa está sempre a escrever na mesma lista. Nada foi alterado.</translation>
    </message>
    <message>
        <source>Another session has the same token already.</source>
        <translation>Outra sessão já tem o mesmo token.</translation>
    </message>
    <message>
        <source>Another window has been starting the embedded PostgreSQL for a minute.</source>
        <translation>Outra janela está há um minuto a iniciar o PostgreSQL incorporado.</translation>
    </message>
    <message>
        <source>Another {thing} has the same “{column}” already.</source>
        <translation>Outro registo ({thing}) já tem o mesmo valor em “{column}”.</translation>
    </message>
    <message>
        <source>Answers</source>
        <translation>Respostas</translation>
    </message>
    <message>
        <source>Answers that give a part of the points are left out or wrong here: {answer}.</source>
        <translation>As respostas que dão parte dos pontos ficam aqui de fora ou erradas: {answer}.</translation>
    </message>
    <message>
        <source>Any server with a certificate of the same issuer could pose as this one.</source>
        <translation>Qualquer servidor com um certificado do mesmo emissor poderia fazer-se passar por este.</translation>
    </message>
    <message>
        <source>Apply it again when it suits you.</source>
        <translation>Volte a aplicá-la quando lhe convier.</translation>
    </message>
    <message>
        <source>Are nouns written small in the middle of a sentence? yes or no</source>
        <translation>yes</translation>
    </message>
    <message>
        <source>As given</source>
        <translation>Como dada</translation>
    </message>
    <message>
        <source>As {role} you may not {verb} some of these.</source>
        <translation>Como {role}, em alguns destes não pode: {verb}.</translation>
    </message>
    <message>
        <source>As {role} you may not {verb} this.</source>
        <translation>Como {role}, aqui não pode: {verb}.</translation>
    </message>
    <message>
        <source>Ask for the server&apos;s root certificate and put sslrootcert=… into the address; sslmode=require there goes without the proof, but not without the risk.</source>
        <translation>Peça o certificado raiz do servidor e ponha sslrootcert=… no endereço; com sslmode=require dispensa-se a prova, mas não o risco.</translation>
    </message>
    <message>
        <source>Ask them to finish, then apply it again.</source>
        <translation>Peça que terminem, e aplique-a depois de novo.</translation>
    </message>
    <message>
        <source>Ask whoever administers the database for the right, or use another connection.</source>
        <translation>Peça o direito a quem administra a base de dados, ou use outra ligação.</translation>
    </message>
    <message>
        <source>Ask whoever administers the database.</source>
        <translation>Pergunte a quem administra a base de dados.</translation>
    </message>
    <message>
        <source>Ask whoever administers the server to allow it.</source>
        <translation>Peça a quem administra o servidor que o permita.</translation>
    </message>
    <message>
        <source>Ask whoever administers the server to upgrade it, or connect to another one.</source>
        <translation>Peça a quem administra o servidor que o atualize, ou ligue-se a outro.</translation>
    </message>
    <message>
        <source>Ask whoever applied it; nothing is offered here that could do harm.</source>
        <translation>Pergunte a quem a aplicou; aqui não se propõe nada que possa fazer mal.</translation>
    </message>
    <message>
        <source>Asked for by the web application.</source>
        <translation>Pedido pela aplicação web.</translation>
    </message>
    <message>
        <source>Assignment</source>
        <translation>Trabalho</translation>
    </message>
    <message>
        <source>Assignments</source>
        <translation>Trabalhos</translation>
    </message>
    <message>
        <source>At most {length} characters can be edited here; this has {count}.</source>
        <translation>Aqui podem editar-se no máximo {length} caracteres; este tem {count}.</translation>
    </message>
    <message>
        <source>At most {length} characters fit; this has {count}.</source>
        <translation>Cabem no máximo {length} caracteres; este tem {count}.</translation>
    </message>
    <message>
        <source>Attempt</source>
        <translation>Tentativa</translation>
    </message>
    <message>
        <source>Attempts</source>
        <translation>Tentativas</translation>
    </message>
    <message>
        <source>Beginner</source>
        <translation>Principiante</translation>
    </message>
    <message>
        <source>Bringing the schema up to date.</source>
        <translation>A atualizar o esquema.</translation>
    </message>
    <message>
        <source>Cancelled. Nothing was changed.</source>
        <translation>Cancelado. Nada foi alterado.</translation>
    </message>
    <message>
        <source>Cannot be changed later: withdraw, then enrol again.</source>
        <translation>Não se altera depois: anule a inscrição e inscreva de novo.</translation>
    </message>
    <message>
        <source>Capitals do not count in short answers here.</source>
        <translation>As maiúsculas não contam aqui nas respostas curtas.</translation>
    </message>
    <message>
        <source>Categories are left out: the questions come into one quiz.</source>
        <translation>As categorias ficam de fora: as perguntas entram num só questionário.</translation>
    </message>
    <message>
        <source>Category</source>
        <translation>Categoria</translation>
    </message>
    <message>
        <source>Certificate</source>
        <translation>Certificado</translation>
    </message>
    <message>
        <source>Certificates</source>
        <translation>Certificados</translation>
    </message>
    <message>
        <source>Certificates are kept for ever: issuing one cannot be taken back by you.</source>
        <translation>Os certificados guardam-se para sempre: não pode repor a emissão de um.</translation>
    </message>
    <message>
        <source>Change the value and save again.</source>
        <translation>Altere o valor e guarde de novo.</translation>
    </message>
    <message>
        <source>Change what has to be unique, or edit the one that is there.</source>
        <translation>Altere o que tem de ser único, ou edite o que já existe.</translation>
    </message>
    <message>
        <source>Changed</source>
        <translation>Alterado</translation>
    </message>
    <message>
        <source>Changed something.</source>
        <translation>Alterou algo.</translation>
    </message>
    <message>
        <source>Changing {things} back: {done} of {count}</source>
        <translation>A repor valores: {things}, {done} de {count}</translation>
    </message>
    <message>
        <source>Character {place} is half a character (a lone surrogate); it cannot be stored.</source>
        <translation>O carácter {place} é meio carácter (um substituto isolado); não pode ser guardado.</translation>
    </message>
    <message>
        <source>Character {place} of a text is half a character and cannot be stored.</source>
        <translation>O carácter {place} de um texto é meio carácter e não pode ser guardado.</translation>
    </message>
    <message>
        <source>Check both in the connection; this is not your sign-in to the school.</source>
        <translation>Verifique ambos na ligação; não é o seu início de sessão na escola.</translation>
    </message>
    <message>
        <source>Check how the server is spelled in the connection, and the network.</source>
        <translation>Verifique como o servidor está escrito na ligação, e a rede.</translation>
    </message>
    <message>
        <source>Check the database&apos;s name in the connection.</source>
        <translation>Verifique o nome da base de dados na ligação.</translation>
    </message>
    <message>
        <source>Check the network and that the server is running, then try again.</source>
        <translation>Verifique a rede e se o servidor está a funcionar, e tente de novo.</translation>
    </message>
    <message>
        <source>Check the network and try again.</source>
        <translation>Verifique a rede e tente de novo.</translation>
    </message>
    <message>
        <source>Choose a file.</source>
        <translation>Escolha um ficheiro.</translation>
    </message>
    <message>
        <source>Choose a folder that is open to other accounts, such as one below /var/lib.</source>
        <translation>Escolha uma pasta aberta a outras contas, como uma abaixo de /var/lib.</translation>
    </message>
    <message>
        <source>Choose a shorter one.</source>
        <translation>Escolha um mais curto.</translation>
    </message>
    <message>
        <source>Choose another and save again.</source>
        <translation>Escolha outro e guarde de novo.</translation>
    </message>
    <message>
        <source>Choose another file.</source>
        <translation>Escolha outro ficheiro.</translation>
    </message>
    <message>
        <source>Choose another name.</source>
        <translation>Escolha outro nome.</translation>
    </message>
    <message>
        <source>Choose another one.</source>
        <translation>Escolha outro.</translation>
    </message>
    <message>
        <source>Choose another place, or ask for the right.</source>
        <translation>Escolha outro local, ou peça o direito.</translation>
    </message>
    <message>
        <source>Choose another place.</source>
        <translation>Escolha outro local.</translation>
    </message>
    <message>
        <source>Choose another short name.</source>
        <translation>Escolha outro nome curto.</translation>
    </message>
    <message>
        <source>Choose another value.</source>
        <translation>Escolha outro valor.</translation>
    </message>
    <message>
        <source>Choose one from the list.</source>
        <translation>Escolha um da lista.</translation>
    </message>
    <message>
        <source>Choose one of these.</source>
        <translation>Escolha um destes.</translation>
    </message>
    <message>
        <source>Choose the LMS&apos;s database, or an empty one; or let an administrator stamp it with Alembic.</source>
        <translation>Escolha a base de dados do LMS ou uma vazia, ou deixe um administrador marcá-la com o Alembic.</translation>
    </message>
    <message>
        <source>Close it, then try again.</source>
        <translation>Feche-a e tente de novo.</translation>
    </message>
    <message>
        <source>Close other programs and try again.</source>
        <translation>Feche outros programas e tente de novo.</translation>
    </message>
    <message>
        <source>Close other windows and try again.</source>
        <translation>Feche outras janelas e tente de novo.</translation>
    </message>
    <message>
        <source>Column {table}.{name} is missing.</source>
        <translation>Falta a coluna {table}.{name}.</translation>
    </message>
    <message>
        <source>Column {table}.{name} is more than the revision makes.</source>
        <translation>A coluna {table}.{name} é mais do que a revisão cria.</translation>
    </message>
    <message>
        <source>Column {table}.{name} is {found} here and should be {wanted}.</source>
        <translation>A coluna {table}.{name} é aqui {found} e devia ser {wanted}.</translation>
    </message>
    <message>
        <source>Column {table}.{name} may be empty here, and should not.</source>
        <translation>A coluna {table}.{name} pode aqui ficar vazia, e não devia.</translation>
    </message>
    <message>
        <source>Column {table}.{name} may not be empty here, and should.</source>
        <translation>A coluna {table}.{name} não pode aqui ficar vazia, e devia.</translation>
    </message>
    <message>
        <source>Completed</source>
        <translation>Concluída</translation>
    </message>
    <message>
        <source>Completed at</source>
        <translation>Concluída em</translation>
    </message>
    <message>
        <source>Connect as a role that may, such as the owner.</source>
        <translation>Ligue-se com um papel que o possa, como o do proprietário.</translation>
    </message>
    <message>
        <source>Connect as its owner.</source>
        <translation>Ligue-se como proprietário.</translation>
    </message>
    <message>
        <source>Connect to PostgreSQL itself, or tell the pooler to let “options” pass.</source>
        <translation>Ligue-se ao próprio PostgreSQL, ou diga ao pooler que deixe passar “options”.</translation>
    </message>
    <message>
        <source>Connect to one first.</source>
        <translation>Ligue-se primeiro a uma.</translation>
    </message>
    <message>
        <source>Connect to the primary server to change anything.</source>
        <translation>Ligue-se ao servidor primário para alterar alguma coisa.</translation>
    </message>
    <message>
        <source>Connect to the server that is written to.</source>
        <translation>Ligue-se ao servidor em que se escreve.</translation>
    </message>
    <message>
        <source>Connecting.</source>
        <translation>A ligar.</translation>
    </message>
    <message>
        <source>Constraint {name} of {table} is missing: {wanted}.</source>
        <translation>Falta a regra {name} de {table}: {wanted}.</translation>
    </message>
    <message>
        <source>Constraint {name} of {table} is more than the revision makes: {found}.</source>
        <translation>A regra {name} de {table} é mais do que a revisão cria: {found}.</translation>
    </message>
    <message>
        <source>Constraint {name} of {table} is {found} here and should be {wanted}.</source>
        <translation>A regra {name} de {table} é aqui {found} e devia ser {wanted}.</translation>
    </message>
    <message>
        <source>Constraint {name} of {table} was never checked against the rows that are there.</source>
        <translation>A regra {name} de {table} nunca foi verificada nas linhas que existem.</translation>
    </message>
    <message>
        <source>Content</source>
        <translation>Conteúdo</translation>
    </message>
    <message>
        <source>Copied {name} to {parent}, place {place}.</source>
        <translation>{name}: copiado para {parent}, posição {place}.</translation>
    </message>
    <message>
        <source>Copied {n} {things} to {parent}, places {place} to {last}.</source>
        <translation>{n} {things}: cópia feita para {parent}, posições {place} a {last}.</translation>
    </message>
    <message>
        <source>Copying the database.</source>
        <translation>A copiar a base de dados.</translation>
    </message>
    <message>
        <source>Correct answer</source>
        <translation>Resposta certa</translation>
    </message>
    <message>
        <source>Correct it and save again.</source>
        <translation>Corrija-o e guarde de novo.</translation>
    </message>
    <message>
        <source>Correct it, or remove it to use the usual value.</source>
        <translation>Corrija-a, ou retire-a para usar o valor habitual.</translation>
    </message>
    <message>
        <source>Correct it.</source>
        <translation>Corrija-o.</translation>
    </message>
    <message>
        <source>Correct what stands after the question mark.</source>
        <translation>Corrija o que está depois do ponto de interrogação.</translation>
    </message>
    <message>
        <source>Course</source>
        <translation>Curso</translation>
    </message>
    <message>
        <source>Courses</source>
        <translation>Cursos</translation>
    </message>
    <message>
        <source>Courses taught</source>
        <translation>Cursos que leciona</translation>
    </message>
    <message>
        <source>Created</source>
        <translation>Criado</translation>
    </message>
    <message>
        <source>DATABASE_URL is not set.</source>
        <translation>DATABASE_URL não está definida.</translation>
    </message>
    <message>
        <source>Data would be lost for good, so the database&apos;s name has to be given first.</source>
        <translation>Perder-se-iam dados de vez, por isso é preciso indicar primeiro o nome da base de dados.</translation>
    </message>
    <message>
        <source>Database role</source>
        <translation>Papel na base de dados</translation>
    </message>
    <message>
        <source>Deactivate</source>
        <translation>Desativar</translation>
    </message>
    <message>
        <source>Deactivated</source>
        <translation>Desativada</translation>
    </message>
    <message>
        <source>Deactivated people can no longer sign in; what they did is kept. Deactivate {n}?</source>
        <translation>As pessoas desativadas já não podem iniciar sessão; o que fizeram é conservado. Desativar {n}?</translation>
    </message>
    <message>
        <source>Deactivated {name}.</source>
        <translation>{name}: conta desativada.</translation>
    </message>
    <message>
        <source>Deactivated {n} people.</source>
        <translation>{n} pessoas desativadas.</translation>
    </message>
    <message>
        <source>Delete again to see the figures as they are now.</source>
        <translation>Elimine de novo para ver os números atuais.</translation>
    </message>
    <message>
        <source>Delete attempt</source>
        <translation>Eliminar tentativa</translation>
    </message>
    <message>
        <source>Delete certificate</source>
        <translation>Eliminar certificado</translation>
    </message>
    <message>
        <source>Delete course</source>
        <translation>Eliminar curso</translation>
    </message>
    <message>
        <source>Delete it and save again.</source>
        <translation>Elimine-o e guarde de novo.</translation>
    </message>
    <message>
        <source>Delete it and type it anew.</source>
        <translation>Elimine-o e escreva-o de novo.</translation>
    </message>
    <message>
        <source>Delete lesson</source>
        <translation>Eliminar lição</translation>
    </message>
    <message>
        <source>Delete or move these first.</source>
        <translation>Elimine ou mova primeiro estes.</translation>
    </message>
    <message>
        <source>Delete person</source>
        <translation>Eliminar pessoa</translation>
    </message>
    <message>
        <source>Delete progress</source>
        <translation>Eliminar progresso</translation>
    </message>
    <message>
        <source>Delete question</source>
        <translation>Eliminar pergunta</translation>
    </message>
    <message>
        <source>Delete quiz</source>
        <translation>Eliminar questionário</translation>
    </message>
    <message>
        <source>Deleted</source>
        <translation>Registos eliminados</translation>
    </message>
    <message>
        <source>Deleted record</source>
        <translation>Registo eliminado</translation>
    </message>
    <message>
        <source>Deleted {name}.</source>
        <translation>{name}: eliminado.</translation>
    </message>
    <message>
        <source>Deleted {name}; {count} {children} went to {heir}.</source>
        <translation>{name}: eliminado; {count} {children} passaram para {heir}.</translation>
    </message>
    <message>
        <source>Deleted {n} {things}.</source>
        <translation>{n} {things}: eliminação feita.</translation>
    </message>
    <message>
        <source>Description</source>
        <translation>Descrição</translation>
    </message>
    <message>
        <source>Did again in part: {what}</source>
        <translation>Refeito em parte: {what}</translation>
    </message>
    <message>
        <source>Did again: {what}</source>
        <translation>Refeito: {what}</translation>
    </message>
    <message>
        <source>Differences between the schema and its revision: {number}, such as: {first}</source>
        <translation>Diferenças entre o esquema e a sua revisão: {number}, como: {first}</translation>
    </message>
    <message>
        <source>Difficulty</source>
        <translation>Dificuldade</translation>
    </message>
    <message>
        <source>Done.</source>
        <translation>Feito.</translation>
    </message>
    <message>
        <source>Draft</source>
        <translation>Rascunho</translation>
    </message>
    <message>
        <source>Drafts</source>
        <translation>Rascunhos</translation>
    </message>
    <message>
        <source>Duplicated {name} as {copy}, a draft, with {counts}.</source>
        <translation>{name} duplicado: {copy}, um rascunho ({counts}).</translation>
    </message>
    <message>
        <source>Duplicated {name} as {copy}, a draft.</source>
        <translation>{name} duplicado: {copy}, um rascunho.</translation>
    </message>
    <message>
        <source>Duration</source>
        <translation>Duração</translation>
    </message>
    <message>
        <source>E-mail</source>
        <translation>E-mail</translation>
    </message>
    <message>
        <source>E-mail verified</source>
        <translation>E-mail confirmado</translation>
    </message>
    <message>
        <source>Edit the enrollment that is there, or choose another course.</source>
        <translation>Edite a inscrição que existe, ou escolha outro curso.</translation>
    </message>
    <message>
        <source>Edit the one that is there, or choose another lesson.</source>
        <translation>Edite o que existe, ou escolha outra lição.</translation>
    </message>
    <message>
        <source>Email verification field.</source>
        <translation>Campo da confirmação do e-mail.</translation>
    </message>
    <message>
        <source>Encrypted if the server insists on it</source>
        <translation>Cifrada se o servidor insistir</translation>
    </message>
    <message>
        <source>Encrypted if the server offers it</source>
        <translation>Cifrada se o servidor o oferecer</translation>
    </message>
    <message>
        <source>Encrypted, only the certificate&apos;s issuer verified</source>
        <translation>Cifrada, só o emissor do certificado verificado</translation>
    </message>
    <message>
        <source>Encrypted, the server not verified</source>
        <translation>Cifrada, o servidor não verificado</translation>
    </message>
    <message>
        <source>Encrypted, the server verified (recommended)</source>
        <translation>Cifrada, o servidor verificado (recomendado)</translation>
    </message>
    <message>
        <source>Ended</source>
        <translation>Terminada</translation>
    </message>
    <message>
        <source>Enrol student</source>
        <translation>Inscrever aluno</translation>
    </message>
    <message>
        <source>Enrolled</source>
        <translation>Inscrito</translation>
    </message>
    <message>
        <source>Enrollment</source>
        <translation>Inscrição</translation>
    </message>
    <message>
        <source>Enrollments</source>
        <translation>Inscrições</translation>
    </message>
    <message>
        <source>Essay</source>
        <translation>Composição</translation>
    </message>
    <message>
        <source>Essays</source>
        <translation>Composições</translation>
    </message>
    <message>
        <source>Everybody who learns, teaches or works here is listed on this page. Add the first person.</source>
        <translation>Quem aprende, ensina ou trabalha aqui está nesta página. Adicione a primeira pessoa.</translation>
    </message>
    <message>
        <source>Everything can be read and changed on the way, people&apos;s data and the password included.</source>
        <translation>Pelo caminho tudo pode ser lido e alterado, incluindo dados pessoais e a palavra-passe.</translation>
    </message>
    <message>
        <source>Everything was rolled back.</source>
        <translation>Tudo foi revertido.</translation>
    </message>
    <message>
        <source>Expecting &apos;,&apos; delimiter</source>
        <translation>falta uma vírgula</translation>
    </message>
    <message>
        <source>Expecting &apos;:&apos; delimiter</source>
        <translation>faltam dois pontos</translation>
    </message>
    <message>
        <source>Expecting property name enclosed in double quotes</source>
        <translation>falta um nome entre aspas</translation>
    </message>
    <message>
        <source>Expecting value</source>
        <translation>falta um valor</translation>
    </message>
    <message>
        <source>Expired</source>
        <translation>Expirada</translation>
    </message>
    <message>
        <source>Expires</source>
        <translation>Expira</translation>
    </message>
    <message>
        <source>Extra data</source>
        <translation>há algo depois do fim</translation>
    </message>
    <message>
        <source>Feedback is left out: there is no place for it here.</source>
        <translation>Os comentários ficam de fora: aqui não há lugar para eles.</translation>
    </message>
    <message>
        <source>Fill in what is still empty.</source>
        <translation>Preencha o que ainda está vazio.</translation>
    </message>
    <message>
        <source>Fill it in and save again.</source>
        <translation>Preencha-o e guarde de novo.</translation>
    </message>
    <message>
        <source>Final indexes for Phase 1.</source>
        <translation>Últimos índices da fase 1.</translation>
    </message>
    <message>
        <source>Find out who made it, and what for, before you apply the revision.</source>
        <translation>Descubra quem o criou, e para quê, antes de aplicar a revisão.</translation>
    </message>
    <message>
        <source>Finishing…</source>
        <translation>A terminar…</translation>
    </message>
    <message>
        <source>Free about 200 MB, then try again.</source>
        <translation>Liberte cerca de 200 MB e tente de novo.</translation>
    </message>
    <message>
        <source>Function {name} is missing.</source>
        <translation>Falta a função {name}.</translation>
    </message>
    <message>
        <source>Function {name} is not the one that the revision makes.</source>
        <translation>A função {name} não é a que a revisão cria.</translation>
    </message>
    <message>
        <source>Further data</source>
        <translation>Outros dados</translation>
    </message>
    <message>
        <source>GIFT</source>
        <translation>GIFT</translation>
    </message>
    <message>
        <source>Give them to somebody else first, or deactivate the account.</source>
        <translation>Entregue-os primeiro a outra pessoa, ou desative a conta.</translation>
    </message>
    <message>
        <source>Hand the courses over to somebody else first, or deactivate the person instead.</source>
        <translation>Entregue primeiro os cursos a outra pessoa, ou desative antes a pessoa.</translation>
    </message>
    <message>
        <source>Hardly any room on the disk is needed.</source>
        <translation>Quase não é preciso espaço no disco.</translation>
    </message>
    <message>
        <source>Have encryption set up on the server; sslmode=disable in the address goes without, readable by others.</source>
        <translation>Mande configurar a cifra no servidor; com sslmode=disable no endereço passa-se sem ela, legível por outros.</translation>
    </message>
    <message>
        <source>Have it dropped or made again: REINDEX INDEX CONCURRENTLY {name}</source>
        <translation>Mande eliminá-lo ou refazê-lo: REINDEX INDEX CONCURRENTLY {name}</translation>
    </message>
    <message>
        <source>History</source>
        <translation>Histórico</translation>
    </message>
    <message>
        <source>How many other rows were deleted in the same act.</source>
        <translation>Quantas outras linhas foram eliminadas no mesmo ato.</translation>
    </message>
    <message>
        <source>Id</source>
        <translation>ID</translation>
    </message>
    <message>
        <source>Illegal trailing comma before end of array</source>
        <translation>uma vírgula a mais antes do fim da lista</translation>
    </message>
    <message>
        <source>Illegal trailing comma before end of object</source>
        <translation>uma vírgula a mais antes do fim do objeto</translation>
    </message>
    <message>
        <source>In {zone} the clocks go forward over {moment}: this time does not exist.</source>
        <translation>Em {zone} os relógios adiantam-se sobre {moment}: esta hora não existe.</translation>
    </message>
    <message>
        <source>Index {name} of {table} is invalid: building it failed earlier.</source>
        <translation>O índice {name} de {table} é inválido: a sua construção falhou antes.</translation>
    </message>
    <message>
        <source>Index {name} of {table} is invalid: building it failed, and it is of no use.</source>
        <translation>O índice {name} de {table} é inválido: a sua construção falhou, e não serve para nada.</translation>
    </message>
    <message>
        <source>Index {name} of {table} is missing: {wanted}.</source>
        <translation>Falta o índice {name} de {table}: {wanted}.</translation>
    </message>
    <message>
        <source>Index {name} of {table} is more than the revision makes.</source>
        <translation>O índice {name} de {table} é mais do que a revisão cria.</translation>
    </message>
    <message>
        <source>Index {name} of {table} is {found} here and should be {wanted}.</source>
        <translation>O índice {name} de {table} é aqui {found} e devia ser {wanted}.</translation>
    </message>
    <message>
        <source>Indexes for performance, security constraints.</source>
        <translation>Índices para a rapidez, regras para a segurança.</translation>
    </message>
    <message>
        <source>Indexes for the orders by the title of a course and of a quiz.</source>
        <translation>Índices para as ordens pelo título de um curso e de um questionário.</translation>
    </message>
    <message>
        <source>Indexes for the orders in which the pages of people, of enrollments and of quiz attempts open.</source>
        <translation>Índices para as ordens em que se abrem as páginas das pessoas, das inscrições e das tentativas.</translation>
    </message>
    <message>
        <source>Indexes for the orders in which the pages of progress, of certificates and of sign-in sessions open: newest first.</source>
        <translation>Índices para as ordens em que as páginas do progresso, dos certificados e das sessões se abrem: os mais recentes primeiro.</translation>
    </message>
    <message>
        <source>Initial tables: users, courses, lessons, enrollments.</source>
        <translation>Tabelas iniciais: pessoas, cursos, lições, inscrições.</translation>
    </message>
    <message>
        <source>Install PostgreSQL&apos;s client programs, or go on without saving first.</source>
        <translation>Instale os programas cliente do PostgreSQL, ou continue sem guardar primeiro.</translation>
    </message>
    <message>
        <source>Install the demo part: pip install &quot;lms-desktop[demo]&quot;.</source>
        <translation>Instale a parte da demonstração: pip install &quot;lms-desktop[demo]&quot;.</translation>
    </message>
    <message>
        <source>Instructor</source>
        <translation>Docente</translation>
    </message>
    <message>
        <source>Intermediate</source>
        <translation>Intermédio</translation>
    </message>
    <message>
        <source>Invalid \escape</source>
        <translation>um \ sem carácter válido depois</translation>
    </message>
    <message>
        <source>Invalid \uXXXX escape</source>
        <translation>um \uXXXX sem código válido</translation>
    </message>
    <message>
        <source>Invalid control character at</source>
        <translation>um carácter de controlo inválido</translation>
    </message>
    <message>
        <source>Issue certificate</source>
        <translation>Emitir certificado</translation>
    </message>
    <message>
        <source>Issued</source>
        <translation>Emitido</translation>
    </message>
    <message>
        <source>It belongs to another program: choose the LMS&apos;s database, or an empty one.</source>
        <translation>É de outro programa: escolha a base de dados do LMS, ou uma vazia.</translation>
    </message>
    <message>
        <source>It cannot be rehearsed on this database; what comes before it stays if it fails.</source>
        <translation>Não se pode ensaiar nesta base de dados; o que vem antes fica, se ela falhar.</translation>
    </message>
    <message>
        <source>It ends its transaction itself, so that not all of it could be taken back.</source>
        <translation>Ela própria termina a sua transação, e assim nem tudo se poderia desfazer.</translation>
    </message>
    <message>
        <source>It is dropped first and made again.</source>
        <translation>Primeiro é eliminado, e feito de novo.</translation>
    </message>
    <message>
        <source>It is not said whether this is true or false.</source>
        <translation>Não se diz se isto é verdadeiro ou falso.</translation>
    </message>
    <message>
        <source>It is of no use like that: drop it, or make it again with REINDEX INDEX CONCURRENTLY.</source>
        <translation>Assim não serve para nada: elimine-o, ou refaça-o com REINDEX INDEX CONCURRENTLY.</translation>
    </message>
    <message>
        <source>It is of no use like that; the next run drops it and makes it again.</source>
        <translation>Assim não serve para nada; a próxima execução elimina-o e fá-lo de novo.</translation>
    </message>
    <message>
        <source>It is there again: somebody else restored it.</source>
        <translation>Já lá está de novo: outra pessoa restaurou-o.</translation>
    </message>
    <message>
        <source>It is waited for, a few seconds at a time; ask whoever it is to finish.</source>
        <translation>Espera-se por isso, uns segundos de cada vez; peça a quem for que termine.</translation>
    </message>
    <message>
        <source>It is {database}.</source>
        <translation>É {database}.</translation>
    </message>
    <message>
        <source>It may have been made by a newer version: update the program, or ask an administrator.</source>
        <translation>Pode ter sido criada por uma versão mais recente: atualize o programa, ou pergunte a um administrador.</translation>
    </message>
    <message>
        <source>It names the database to work on, such as postgresql://name:password@server:5432/lms.</source>
        <translation>Indica a base de dados em que se trabalha, como postgresql://name:password@server:5432/lms.</translation>
    </message>
    <message>
        <source>It should look like postgresql://name:password@server:5432/database, with %40 for an @ and %2F for a / in the password.</source>
        <translation>Deve ser como postgresql://name:password@server:5432/database, com %40 para um @ e %2F para uma / na palavra-passe.</translation>
    </message>
    <message>
        <source>It took too long and was given up.</source>
        <translation>Demorou de mais e foi abandonado.</translation>
    </message>
    <message>
        <source>It was made by a newer version; use that one.</source>
        <translation>Foi criada por uma versão mais recente; use essa.</translation>
    </message>
    <message>
        <source>It was not recorded what the current revision should have given.</source>
        <translation>Não ficou registado o que a revisão atual devia ter dado.</translation>
    </message>
    <message>
        <source>It was there already.</source>
        <translation>Já lá estava.</translation>
    </message>
    <message>
        <source>Its log has the rest.</source>
        <translation>O resto está no seu registo.</translation>
    </message>
    <message>
        <source>JSON has no infinite numbers and none that is not a number.</source>
        <translation>O JSON não tem números infinitos nem dos que não são números.</translation>
    </message>
    <message>
        <source>JSON has no {name}.</source>
        <translation>O JSON não tem {name}.</translation>
    </message>
    <message>
        <source>Kind</source>
        <translation>Tipo</translation>
    </message>
    <message>
        <source>Last 24 hours</source>
        <translation>Últimas 24 horas</translation>
    </message>
    <message>
        <source>Last 30 days</source>
        <translation>Últimos 30 dias</translation>
    </message>
    <message>
        <source>Last 7 days</source>
        <translation>Últimos 7 dias</translation>
    </message>
    <message>
        <source>Last sign-in</source>
        <translation>Último acesso</translation>
    </message>
    <message>
        <source>Left out {more} {things}: no longer there, or no longer yours.</source>
        <translation>De fora ficaram {more} {things}: já não existem, ou já não são seus.</translation>
    </message>
    <message>
        <source>Left out {names} and {more} more: no longer there, or no longer yours.</source>
        <translation>De fora ficaram {names} e mais {more}: já não existem, ou já não são seus.</translation>
    </message>
    <message>
        <source>Left out {names}: no longer there, or no longer yours.</source>
        <translation>De fora ficou {names}: já não existe, ou já não é seu.</translation>
    </message>
    <message>
        <source>Lesson</source>
        <translation>Lição</translation>
    </message>
    <message>
        <source>Lesson progress</source>
        <translation>Progresso na lição</translation>
    </message>
    <message>
        <source>Lesson {n}, “{lesson}”, has a video at an address that cannot be opened.</source>
        <translation>A lição {n}, “{lesson}”, tem um vídeo num endereço que não se pode abrir.</translation>
    </message>
    <message>
        <source>Lesson {n}, “{lesson}”, has no content yet.</source>
        <translation>A lição {n}, “{lesson}”, ainda não tem conteúdo.</translation>
    </message>
    <message>
        <source>Lesson {n}, “{lesson}”, is a video without a web address.</source>
        <translation>A lição {n}, “{lesson}”, é um vídeo sem endereço web.</translation>
    </message>
    <message>
        <source>Lesson {n}, “{lesson}”, is to be a quiz and has none.</source>
        <translation>A lição {n}, “{lesson}”, devia ser um questionário e não tem nenhum.</translation>
    </message>
    <message>
        <source>Lessons</source>
        <translation>Lições</translation>
    </message>
    <message>
        <source>Letters with accents take 2 bytes, those of other scripts 3, emoji 4.</source>
        <translation>As letras com acentos ocupam 2 bytes, as de outras escritas 3, os emojis 4.</translation>
    </message>
    <message>
        <source>Line {line} of this file is not UTF-8.</source>
        <translation>A linha {line} deste ficheiro não está em UTF-8.</translation>
    </message>
    <message>
        <source>Live</source>
        <translation>Ativa</translation>
    </message>
    <message>
        <source>Look again when that is done.</source>
        <translation>Volte a ver quando isso terminar.</translation>
    </message>
    <message>
        <source>Look at all of them before you go on.</source>
        <translation>Veja-as todas antes de continuar.</translation>
    </message>
    <message>
        <source>Look at it once more, then delete it if you still want to.</source>
        <translation>Veja-o de novo e elimine-o se ainda quiser.</translation>
    </message>
    <message>
        <source>Look at the course again.</source>
        <translation>Veja o curso de novo.</translation>
    </message>
    <message>
        <source>Look at the differences, and mend them first.</source>
        <translation>Veja as diferenças, e corrija-as primeiro.</translation>
    </message>
    <message>
        <source>Look at the list as it is now, and do it again.</source>
        <translation>Veja a lista como está agora, e faça-o de novo.</translation>
    </message>
    <message>
        <source>Look at the plan again.</source>
        <translation>Veja o plano de novo.</translation>
    </message>
    <message>
        <source>Look at the plan, rehearse it, then apply it.</source>
        <translation>Veja o plano, ensaie-o e aplique-o depois.</translation>
    </message>
    <message>
        <source>Look at the rows before you do it again.</source>
        <translation>Veja as linhas antes de o fazer de novo.</translation>
    </message>
    <message>
        <source>Look at what changed, then keep your edits or take theirs.</source>
        <translation>Veja o que foi alterado e mantenha as suas edições ou aceite as outras.</translation>
    </message>
    <message>
        <source>Look at what is in the way. What is still possible can be taken back alone.</source>
        <translation>Veja o que está no caminho. O que ainda é possível pode repor-se sozinho.</translation>
    </message>
    <message>
        <source>Look for that person, or use another address.</source>
        <translation>Procure essa pessoa, ou use outro endereço.</translation>
    </message>
    <message>
        <source>Look it up in the history, or enter it anew.</source>
        <translation>Procure-o no histórico, ou introduza-o de novo.</translation>
    </message>
    <message>
        <source>Look once more at what would change.</source>
        <translation>Veja de novo o que mudaria.</translation>
    </message>
    <message>
        <source>Look through what you entered and save again.</source>
        <translation>Reveja o que introduziu e guarde de novo.</translation>
    </message>
    <message>
        <source>Looking at what was done since …</source>
        <translation>A ver o que foi feito desde então …</translation>
    </message>
    <message>
        <source>Looking at what was done …</source>
        <translation>A ver o que foi feito …</translation>
    </message>
    <message>
        <source>MFA support field.</source>
        <translation>Campo do acesso em dois passos.</translation>
    </message>
    <message>
        <source>Machine</source>
        <translation>Computador</translation>
    </message>
    <message>
        <source>Make room and try again.</source>
        <translation>Liberte espaço e tente de novo.</translation>
    </message>
    <message>
        <source>Make room on the server first.</source>
        <translation>Liberte primeiro espaço no servidor.</translation>
    </message>
    <message>
        <source>Make somebody else an administrator first.</source>
        <translation>Torne primeiro outra pessoa administradora.</translation>
    </message>
    <message>
        <source>Matching</source>
        <translation>Correspondência</translation>
    </message>
    <message>
        <source>Meanwhile other rows hang on this than when you were asked. Nothing was deleted.</source>
        <translation>Entretanto dependem disto outras linhas, diferentes das de quando lhe foi perguntado. Nada foi eliminado.</translation>
    </message>
    <message>
        <source>Meanwhile other rows refer to this than when you were asked. Nothing was deleted.</source>
        <translation>Entretanto referem-se a isto outras linhas, diferentes das de quando lhe foi perguntado. Nada foi eliminado.</translation>
    </message>
    <message>
        <source>Meanwhile somebody else changed or deleted what you were about to delete. Nothing was deleted.</source>
        <translation>Entretanto outra pessoa alterou ou eliminou o que ia eliminar. Nada foi eliminado.</translation>
    </message>
    <message>
        <source>Meanwhile somebody else had added {names} and {more} more to the list.</source>
        <translation>Entretanto outra pessoa tinha adicionado à lista {names} e mais {more}.</translation>
    </message>
    <message>
        <source>Meanwhile somebody else had added {names} to the list.</source>
        <translation>Entretanto outra pessoa tinha adicionado à lista {names}.</translation>
    </message>
    <message>
        <source>Meanwhile somebody else had put the list in another order; that order was kept for the rest.</source>
        <translation>Entretanto outra pessoa tinha mudado a ordem da lista; para o resto ficou essa ordem.</translation>
    </message>
    <message>
        <source>Meanwhile somebody else had taken {more} {things} off the list.</source>
        <translation>Entretanto outra pessoa tinha retirado da lista {more} {things}.</translation>
    </message>
    <message>
        <source>Meanwhile somebody else had taken {names} and {more} more off the list.</source>
        <translation>Entretanto outra pessoa tinha retirado da lista {names} e mais {more}.</translation>
    </message>
    <message>
        <source>Meanwhile somebody else had taken {names} off the list.</source>
        <translation>Entretanto outra pessoa tinha retirado da lista {names}.</translation>
    </message>
    <message>
        <source>Meanwhile the questions of “{quiz}” or its pass mark have been changed. Nothing was written.</source>
        <translation>Entretanto as perguntas de “{quiz}” ou a sua nota de aprovação foram alteradas. Nada foi escrito.</translation>
    </message>
    <message>
        <source>Mend the rows that stand in the way, then apply it again.</source>
        <translation>Corrija as linhas que estão no caminho, e aplique-a depois de novo.</translation>
    </message>
    <message>
        <source>Migrations</source>
        <translation>Migrações</translation>
    </message>
    <message>
        <source>Migrations are for administrators.</source>
        <translation>As migrações pertencem aos administradores.</translation>
    </message>
    <message>
        <source>Mind capital letters. An administrator can give you a new password.</source>
        <translation>Atenção às maiúsculas. Um administrador pode dar-lhe uma nova palavra-passe.</translation>
    </message>
    <message>
        <source>Moodle XML</source>
        <translation>XML do Moodle</translation>
    </message>
    <message>
        <source>Move the folder away to begin with a new one.</source>
        <translation>Mova a pasta para começar com uma nova.</translation>
    </message>
    <message>
        <source>Moved {name} to place {place}.</source>
        <translation>{name}: movido para a posição {place}.</translation>
    </message>
    <message>
        <source>Moved {name} to {parent}, place {place}.</source>
        <translation>{name}: movido para {parent}, posição {place}.</translation>
    </message>
    <message>
        <source>Moved {n} quizzes to the course “{where}”.</source>
        <translation>{n} questionários movidos para o curso “{where}”.</translation>
    </message>
    <message>
        <source>Moved {n} quizzes to the lesson “{where}”.</source>
        <translation>{n} questionários movidos para a lição “{where}”.</translation>
    </message>
    <message>
        <source>Moved {n} {things} to places {place} to {last}.</source>
        <translation>{n} {things}: agora nas posições {place} a {last}.</translation>
    </message>
    <message>
        <source>Moved {n} {things} to {parent}, places {place} to {last}.</source>
        <translation>{n} {things}: agora em {parent}, posições {place} a {last}.</translation>
    </message>
    <message>
        <source>Moved “{name}” to the course “{where}”.</source>
        <translation>“{name}” movido para o curso “{where}”.</translation>
    </message>
    <message>
        <source>Moved “{name}” to the lesson “{where}”.</source>
        <translation>“{name}” movido para a lição “{where}”.</translation>
    </message>
    <message>
        <source>Multiple choice</source>
        <translation>Escolha múltipla</translation>
    </message>
    <message>
        <source>My history</source>
        <translation>O meu histórico</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>Nome</translation>
    </message>
    <message>
        <source>New course</source>
        <translation>Novo curso</translation>
    </message>
    <message>
        <source>New quiz</source>
        <translation>Novo questionário</translation>
    </message>
    <message>
        <source>No</source>
        <translation>Não</translation>
    </message>
    <message>
        <source>No certificate has been issued yet. Issue one for an enrollment that is completed.</source>
        <translation>Ainda não foi emitido nenhum certificado. Emita um para uma inscrição concluída.</translation>
    </message>
    <message>
        <source>No copy can be made: others are connected, and pg_dump was not found.</source>
        <translation>Não se pode fazer uma cópia: há outros ligados, e o pg_dump não foi encontrado.</translation>
    </message>
    <message>
        <source>No copy can be made: pg_dump and pg_restore were not found, or are older than the server.</source>
        <translation>Não se pode fazer uma cópia: pg_dump e pg_restore não foram encontrados, ou são mais antigos do que o servidor.</translation>
    </message>
    <message>
        <source>No copy can be made: the server&apos;s own database cannot be reached.</source>
        <translation>Não se pode fazer uma cópia: não se chega à base de dados do próprio servidor.</translation>
    </message>
    <message>
        <source>No copy can be made: this role may not create databases.</source>
        <translation>Não se pode fazer uma cópia: este papel não pode criar bases de dados.</translation>
    </message>
    <message>
        <source>No database is named.</source>
        <translation>Não está indicada nenhuma base de dados.</translation>
    </message>
    <message>
        <source>No index was left half-built.</source>
        <translation>Nenhum índice ficou meio feito.</translation>
    </message>
    <message>
        <source>No lesson has been begun yet. Students make progress on the web; you can record it here too.</source>
        <translation>Ainda não foi começada nenhuma lição. Os alunos progridem na web; também o pode registar aqui.</translation>
    </message>
    <message>
        <source>No question of “{quiz}” gives any points.</source>
        <translation>Nenhuma pergunta de “{quiz}” dá pontos.</translation>
    </message>
    <message>
        <source>Nobody can simply listen, but somebody on the way could pose as the server.</source>
        <translation>Ninguém pode simplesmente escutar, mas alguém pelo caminho poderia fazer-se passar pelo servidor.</translation>
    </message>
    <message>
        <source>Nobody else is migrating this database.</source>
        <translation>Mais ninguém está a migrar esta base de dados.</translation>
    </message>
    <message>
        <source>Nobody has signed in since the change log was installed.</source>
        <translation>Ninguém iniciou sessão desde que o registo de alterações foi instalado.</translation>
    </message>
    <message>
        <source>Nobody has signed in.</source>
        <translation>Ninguém iniciou sessão.</translation>
    </message>
    <message>
        <source>Nobody has taken a quiz yet. Attempts appear here as students begin them on the web.</source>
        <translation>Ainda ninguém fez um questionário. As tentativas aparecem aqui quando os alunos as começam na web.</translation>
    </message>
    <message>
        <source>Nobody holds one of these tables just now.</source>
        <translation>De momento ninguém ocupa uma destas tabelas.</translation>
    </message>
    <message>
        <source>Nobody is enrolled yet. Enrol the first student in a course.</source>
        <translation>Ainda ninguém está inscrito. Inscreva o primeiro aluno num curso.</translation>
    </message>
    <message>
        <source>Nobody is signed in on the web. A session appears here as soon as somebody signs in there.</source>
        <translation>Ninguém tem sessão na web. Uma sessão aparece aqui assim que alguém lá entra.</translation>
    </message>
    <message>
        <source>Nobody on the way can read along or pose as the server.</source>
        <translation>Ninguém pelo caminho pode ler nem fazer-se passar pelo servidor.</translation>
    </message>
    <message>
        <source>Nobody would be left who can administer: this is the last active administrator.</source>
        <translation>Não ficaria ninguém que possa administrar: este é o último administrador ativo.</translation>
    </message>
    <message>
        <source>None of the options is marked as right.</source>
        <translation>Nenhuma das opções está marcada como certa.</translation>
    </message>
    <message>
        <source>None of the schemas in this connection&apos;s search path is there.</source>
        <translation>Não existe nenhum dos esquemas do caminho de procura desta ligação.</translation>
    </message>
    <message>
        <source>Not admitted</source>
        <translation>Não admitido</translation>
    </message>
    <message>
        <source>Not all in one transaction: {revisions} commit in their midst.</source>
        <translation>Nem tudo numa transação: {revisions} confirmam a meio.</translation>
    </message>
    <message>
        <source>Not all in one transaction: {revisions} commits in its midst.</source>
        <translation>Nem tudo numa transação: {revisions} confirma a meio.</translation>
    </message>
    <message>
        <source>Not completed</source>
        <translation>Não concluída</translation>
    </message>
    <message>
        <source>Not encrypted</source>
        <translation>Não cifrada</translation>
    </message>
    <message>
        <source>Not encrypted.</source>
        <translation>Não cifrada.</translation>
    </message>
    <message>
        <source>Not needed on this computer</source>
        <translation>Desnecessária neste computador</translation>
    </message>
    <message>
        <source>Not passed</source>
        <translation>Não aprovado</translation>
    </message>
    <message>
        <source>Not safe.</source>
        <translation>Não é seguro.</translation>
    </message>
    <message>
        <source>Not verified.</source>
        <translation>Não verificado.</translation>
    </message>
    <message>
        <source>Nothing has been changed here yet. Every change that is made here will be listed, with before and after.</source>
        <translation>Aqui ainda nada foi alterado. Cada alteração feita aqui aparecerá na lista, com o antes e o depois.</translation>
    </message>
    <message>
        <source>Nothing of what is to be made is there already.</source>
        <translation>Nada do que se vai criar existe já.</translation>
    </message>
    <message>
        <source>Nothing that was deleted here is missing. What you delete is listed here and can be restored.</source>
        <translation>Não falta nada do que aqui foi eliminado. O que eliminar aparece aqui e pode ser restaurado.</translation>
    </message>
    <message>
        <source>Nothing was changed.</source>
        <translation>Nada foi alterado.</translation>
    </message>
    <message>
        <source>Nothing was changed: the database is at {state_revision} as before.</source>
        <translation>Nada foi alterado: a base de dados está em {state_revision} como antes.</translation>
    </message>
    <message>
        <source>Nothing was changed: the schema and all rows ({rows}) are exactly what they were.</source>
        <translation>Nada foi alterado: o esquema e todas as linhas ({rows}) estão exatamente como estavam.</translation>
    </message>
    <message>
        <source>Nothing was migrated.</source>
        <translation>Nada foi migrado.</translation>
    </message>
    <message>
        <source>Number</source>
        <translation>Número</translation>
    </message>
    <message>
        <source>Numerical</source>
        <translation>Numérica</translation>
    </message>
    <message>
        <source>Off</source>
        <translation>Desligado</translation>
    </message>
    <message>
        <source>On</source>
        <translation>Ligado</translation>
    </message>
    <message>
        <source>On Debian and Ubuntu this brings what it needs: apt-get install {packages}</source>
        <translation>Em Debian e Ubuntu, isto traz o necessário: apt-get install {packages}</translation>
    </message>
    <message>
        <source>One of several right options was enough; here all of them have to be ticked.</source>
        <translation>De várias opções certas bastava uma; aqui é preciso assinalar todas.</translation>
    </message>
    <message>
        <source>One transaction: all of it is done, or nothing.</source>
        <translation>Uma transação: faz-se tudo, ou nada.</translation>
    </message>
    <message>
        <source>Only the first {n} were looked at.</source>
        <translation>Só se viram os primeiros {n}.</translation>
    </message>
    <message>
        <source>Only these are possible: {options}.</source>
        <translation>Só são possíveis: {options}.</translation>
    </message>
    <message>
        <source>Only yes or no is possible here.</source>
        <translation>Aqui só é possível sim ou não.</translation>
    </message>
    <message>
        <source>Only {least} to {most} is possible here.</source>
        <translation>Aqui só é possível de {least} a {most}.</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>Por concluir</translation>
    </message>
    <message>
        <source>Operation</source>
        <translation>Operação</translation>
    </message>
    <message>
        <source>Option {place} is neither a text nor an object with a text; the options can be edited as written.</source>
        <translation>A opção {place} não é um texto nem um objeto com um texto; as opções podem editar-se tal como estão escritas.</translation>
    </message>
    <message>
        <source>Options</source>
        <translation>Opções</translation>
    </message>
    <message>
        <source>Order of questions</source>
        <translation>Ordem das perguntas</translation>
    </message>
    <message>
        <source>Others have changed which rows these are that you selected. Nothing was done.</source>
        <translation>Outras pessoas alteraram quais são as linhas que selecionou. Nada foi feito.</translation>
    </message>
    <message>
        <source>Outcome</source>
        <translation>Resultado</translation>
    </message>
    <message>
        <source>PDF file</source>
        <translation>Ficheiro PDF</translation>
    </message>
    <message>
        <source>Part of the course&apos;s web address. Made from the title when left empty.</source>
        <translation>Parte do endereço web do curso. Faz-se a partir do título quando fica vazio.</translation>
    </message>
    <message>
        <source>Pass mark</source>
        <translation>Nota de aprovação</translation>
    </message>
    <message>
        <source>Passed</source>
        <translation>Aprovado</translation>
    </message>
    <message>
        <source>Passed where the score is not below the quiz&apos;s pass mark.</source>
        <translation>Aprovado quando a classificação não fica abaixo da nota de aprovação do questionário.</translation>
    </message>
    <message>
        <source>Password</source>
        <translation>Palavra-passe</translation>
    </message>
    <message>
        <source>Pending revisions: {pending}.</source>
        <translation>Revisões pendentes: {pending}.</translation>
    </message>
    <message>
        <source>People</source>
        <translation>Pessoas</translation>
    </message>
    <message>
        <source>Person</source>
        <translation>Pessoa</translation>
    </message>
    <message>
        <source>Picture</source>
        <translation>Imagem</translation>
    </message>
    <message>
        <source>Pictures and sounds are left out.</source>
        <translation>As imagens e os sons ficam de fora.</translation>
    </message>
    <message>
        <source>Place</source>
        <translation>Posição</translation>
    </message>
    <message>
        <source>Plain text</source>
        <translation>Texto simples</translation>
    </message>
    <message>
        <source>Points</source>
        <translation>Pontos</translation>
    </message>
    <message>
        <source>Points are whole numbers here: {points} became {rounded}.</source>
        <translation>Os pontos são aqui números inteiros: {points} passou a {rounded}.</translation>
    </message>
    <message>
        <source>Points are whole numbers: {points} was left out.</source>
        <translation>Os pontos são números inteiros: {points} ficou de fora.</translation>
    </message>
    <message>
        <source>PostgreSQL does not run as root, and there is no other account for it.</source>
        <translation>O PostgreSQL não funciona como root, e não há outra conta para ele.</translation>
    </message>
    <message>
        <source>PostgreSQL {version} is needed here, but only {installed} is installed.</source>
        <translation>Aqui é preciso o PostgreSQL {version}, mas só está instalado {installed}.</translation>
    </message>
    <message>
        <source>Profile data</source>
        <translation>Dados do perfil</translation>
    </message>
    <message>
        <source>Progress</source>
        <translation>Progresso</translation>
    </message>
    <message>
        <source>Publish</source>
        <translation>Publicar</translation>
    </message>
    <message>
        <source>Published</source>
        <translation>Publicado</translation>
    </message>
    <message>
        <source>Published {name}.</source>
        <translation>{name}: publicado.</translation>
    </message>
    <message>
        <source>Published {n} courses.</source>
        <translation>{n} cursos publicados.</translation>
    </message>
    <message>
        <source>Published {n} quizzes.</source>
        <translation>{n} questionários publicados.</translation>
    </message>
    <message>
        <source>Put its file “password” back, or move the folder away to begin with a new one.</source>
        <translation>Reponha o seu ficheiro “password”, ou mova a pasta para começar com uma nova.</translation>
    </message>
    <message>
        <source>Putting {things} back: {done} of {count}</source>
        <translation>A trazer de volta: {things}, {done} de {count}</translation>
    </message>
    <message>
        <source>Qt cannot be loaded: {reason}.</source>
        <translation>Não é possível carregar o Qt: {reason}.</translation>
    </message>
    <message>
        <source>Question</source>
        <translation>Pergunta</translation>
    </message>
    <message>
        <source>Question {n} of “{quiz}” asks nothing yet.</source>
        <translation>A pergunta {n} de “{quiz}” ainda não pergunta nada.</translation>
    </message>
    <message>
        <source>Question {n} of “{quiz}” has fewer than two options.</source>
        <translation>A pergunta {n} de “{quiz}” tem menos de duas opções.</translation>
    </message>
    <message>
        <source>Question {n} of “{quiz}” has no right answer.</source>
        <translation>A pergunta {n} de “{quiz}” não tem resposta certa.</translation>
    </message>
    <message>
        <source>Questions</source>
        <translation>Perguntas</translation>
    </message>
    <message>
        <source>Quiz</source>
        <translation>Questionário</translation>
    </message>
    <message>
        <source>Quiz, question, attempt tables.</source>
        <translation>Tabelas de questionários, perguntas e tentativas.</translation>
    </message>
    <message>
        <source>Quizzes</source>
        <translation>Questionários</translation>
    </message>
    <message>
        <source>Record</source>
        <translation>Registo</translation>
    </message>
    <message>
        <source>Record progress</source>
        <translation>Registar progresso</translation>
    </message>
    <message>
        <source>Refresh the list.</source>
        <translation>Atualize a lista.</translation>
    </message>
    <message>
        <source>Refresh the list: it may have been saved before.</source>
        <translation>Atualize a lista: pode já ter sido guardado.</translation>
    </message>
    <message>
        <source>Refresh to see what they did, then save again.</source>
        <translation>Atualize para ver o que foi feito e guarde de novo.</translation>
    </message>
    <message>
        <source>Registrar</source>
        <translation>Secretaria</translation>
    </message>
    <message>
        <source>Registry</source>
        <translation>Secretaria</translation>
    </message>
    <message>
        <source>Regrade</source>
        <translation>Reavaliar</translation>
    </message>
    <message>
        <source>Regraded “{quiz}”. Results changed: {n}. Left alone, for others changed them meanwhile: {left}.</source>
        <translation>“{quiz}” reavaliado. Resultados alterados: {n}. Deixados, porque outros os alteraram entretanto: {left}.</translation>
    </message>
    <message>
        <source>Regraded “{quiz}”: one result changed.</source>
        <translation>“{quiz}” reavaliado: um resultado alterado.</translation>
    </message>
    <message>
        <source>Regraded “{quiz}”: {n} results changed.</source>
        <translation>“{quiz}” reavaliado: {n} resultados alterados.</translation>
    </message>
    <message>
        <source>Regraded. All results stay as they are.</source>
        <translation>Reavaliado. Todos os resultados ficam como estão.</translation>
    </message>
    <message>
        <source>Regraded. Results changed: {n}.</source>
        <translation>Reavaliado. Resultados alterados: {n}.</translation>
    </message>
    <message>
        <source>Regraded. Results changed: {n}. Left as they are, for they cannot be marked by themselves: {left}.</source>
        <translation>Reavaliado. Resultados alterados: {n}. Deixados como estão, porque não se corrigem por si: {left}.</translation>
    </message>
    <message>
        <source>Rehearse on the database itself instead.</source>
        <translation>Ensaie antes na própria base de dados.</translation>
    </message>
    <message>
        <source>Reprint the one that is there instead.</source>
        <translation>Reimprima antes o que já existe.</translation>
    </message>
    <message>
        <source>Result</source>
        <translation>Resultado</translation>
    </message>
    <message>
        <source>Results</source>
        <translation>Resultados</translation>
    </message>
    <message>
        <source>Revision {revision} failed, which is a mistake in it.</source>
        <translation>A revisão {revision} falhou, o que é um erro dela.</translation>
    </message>
    <message>
        <source>Revision {revision} failed. PostgreSQL says: {says}.</source>
        <translation>A revisão {revision} falhou. O PostgreSQL diz: {says}.</translation>
    </message>
    <message>
        <source>Revision {revision} failed: {reason}</source>
        <translation>A revisão {revision} falhou: {reason}</translation>
    </message>
    <message>
        <source>Revisions applied: {number}. The database is at {at}.</source>
        <translation>Revisões aplicadas: {number}. A base de dados está em {at}.</translation>
    </message>
    <message>
        <source>Revisions rolled back: {number}. The database is at {at}.</source>
        <translation>Revisões revertidas: {number}. A base de dados está em {at}.</translation>
    </message>
    <message>
        <source>Revoke</source>
        <translation>Revogar</translation>
    </message>
    <message>
        <source>Revoked</source>
        <translation>Revogada</translation>
    </message>
    <message>
        <source>Revoked a session of {name}.</source>
        <translation>Foi revogada uma sessão de {name}.</translation>
    </message>
    <message>
        <source>Revoked at</source>
        <translation>Revogada em</translation>
    </message>
    <message>
        <source>Revoked {n} sessions.</source>
        <translation>{n} sessões revogadas.</translation>
    </message>
    <message>
        <source>Role</source>
        <translation>Perfil</translation>
    </message>
    <message>
        <source>Rows</source>
        <translation>Linhas</translation>
    </message>
    <message>
        <source>Run “lms-desktop migrate apply” first, or open the window, which offers it.</source>
        <translation>Execute primeiro “lms-desktop migrate apply”, ou abra a janela, que o propõe.</translation>
    </message>
    <message>
        <source>Save once more.</source>
        <translation>Guarde mais uma vez.</translation>
    </message>
    <message>
        <source>Save the file as UTF-8 in the program that wrote it, and open it again.</source>
        <translation>Guarde o ficheiro em UTF-8 no programa que o escreveu, e abra-o de novo.</translation>
    </message>
    <message>
        <source>Saved the {thing}.</source>
        <translation>Guardado: {thing}.</translation>
    </message>
    <message>
        <source>Saved {most} and {last}.</source>
        <translation>Guardado: {most} e {last}.</translation>
    </message>
    <message>
        <source>Saved {most} and {last}. What others had changed in {kept} of these rows was kept.</source>
        <translation>Guardado: {most} e {last}. O que outros tinham alterado em {kept} destas linhas foi mantido.</translation>
    </message>
    <message>
        <source>Saved {most} and {last}. {restored} of these had been deleted meanwhile and were restored, but not the row that went with them.</source>
        <translation>Guardado: {most} e {last}. {restored} tinham sido eliminados entretanto e foram restaurados, mas não a linha que foi com eles.</translation>
    </message>
    <message>
        <source>Saved {most} and {last}. {restored} of these had been deleted meanwhile and were restored, but not the {lost} rows that went with them.</source>
        <translation>Guardado: {most} e {last}. {restored} tinham sido eliminados entretanto e foram restaurados, mas não as {lost} linhas que foram com eles.</translation>
    </message>
    <message>
        <source>Saved {most} and {last}. {restored} of these had been deleted meanwhile and were restored.</source>
        <translation>Guardado: {most} e {last}. {restored} tinham sido eliminados entretanto e foram restaurados.</translation>
    </message>
    <message>
        <source>Saved {name}, which had been deleted meanwhile: it was restored, but for {fields}, which nobody took down.</source>
        <translation>{name}: guardado. Tinha sido eliminado entretanto: foi restaurado, menos {fields}, que ninguém registou.</translation>
    </message>
    <message>
        <source>Saved {name}, which had been deleted meanwhile: it was restored, but not the {lost} that went with it.</source>
        <translation>{name}: guardado. Tinha sido eliminado entretanto: foi restaurado, mas não o que foi com ele ({lost}).</translation>
    </message>
    <message>
        <source>Saved {name}, which had been deleted meanwhile: it was restored.</source>
        <translation>{name}: guardado. Tinha sido eliminado entretanto: foi restaurado.</translation>
    </message>
    <message>
        <source>Saved {name}.</source>
        <translation>{name}: guardado.</translation>
    </message>
    <message>
        <source>Saved {name}. Another program&apos;s change of {fields} was kept.</source>
        <translation>{name}: guardado. O que outro programa alterou ({fields}) foi mantido.</translation>
    </message>
    <message>
        <source>Saved {name}. {who}&apos;s change of {fields} was kept.</source>
        <translation>{name}: guardado. O que {who} alterou ({fields}) foi mantido.</translation>
    </message>
    <message>
        <source>Saved {n} {things}.</source>
        <translation>{n} {things}: alterações guardadas.</translation>
    </message>
    <message>
        <source>Saved {n} {things}. What others had changed in {kept} of them was kept.</source>
        <translation>{n} {things}: alterações guardadas. O que outros tinham alterado em {kept} foi mantido.</translation>
    </message>
    <message>
        <source>Saved {n} {things}. {restored} of them had been deleted meanwhile and were restored, but not the row that went with them.</source>
        <translation>{n} {things}: alterações guardadas. {restored} tinham sido eliminados entretanto e foram restaurados, mas não a linha que foi com eles.</translation>
    </message>
    <message>
        <source>Saved {n} {things}. {restored} of them had been deleted meanwhile and were restored, but not the {lost} rows that went with them.</source>
        <translation>{n} {things}: alterações guardadas. {restored} tinham sido eliminados entretanto e foram restaurados, mas não as {lost} linhas que foram com eles.</translation>
    </message>
    <message>
        <source>Saved {n} {things}. {restored} of them had been deleted meanwhile and were restored.</source>
        <translation>{n} {things}: alterações guardadas. {restored} tinham sido eliminados entretanto e foram restaurados.</translation>
    </message>
    <message>
        <source>Saving the database to {file} first.</source>
        <translation>Primeiro guarda-se a base de dados em {file}.</translation>
    </message>
    <message>
        <source>Say --yes where sample people and courses are to stand beside what is there.</source>
        <translation>Indique --yes se pessoas e cursos de exemplo devem ficar ao lado do que lá está.</translation>
    </message>
    <message>
        <source>Say apply to go up, rollback to go down.</source>
        <translation>Indique apply para subir, rollback para descer.</translation>
    </message>
    <message>
        <source>Say first where it belongs.</source>
        <translation>Diga primeiro a que pertence.</translation>
    </message>
    <message>
        <source>Score</source>
        <translation>Classificação</translation>
    </message>
    <message>
        <source>See where it stands as soon as the server can be reached, then go on from there.</source>
        <translation>Veja onde está assim que se chegar ao servidor, e continue a partir daí.</translation>
    </message>
    <message>
        <source>See where it stands, then go on from there.</source>
        <translation>Veja onde está, e continue a partir daí.</translation>
    </message>
    <message>
        <source>See where the database stands, then try again.</source>
        <translation>Veja onde está a base de dados, e tente de novo.</translation>
    </message>
    <message>
        <source>Select or filter fewer, and go on part by part.</source>
        <translation>Selecione ou filtre menos e prossiga parte a parte.</translation>
    </message>
    <message>
        <source>Select them once more.</source>
        <translation>Selecione-as outra vez.</translation>
    </message>
    <message>
        <source>Send the details to whoever wrote the revision; until then the database works as it is.</source>
        <translation>Envie os pormenores a quem escreveu a revisão; até lá a base de dados funciona como está.</translation>
    </message>
    <message>
        <source>Session</source>
        <translation>Sessão</translation>
    </message>
    <message>
        <source>Sessions</source>
        <translation>Sessões</translation>
    </message>
    <message>
        <source>Sessions of the web neither come back nor go.</source>
        <translation>As sessões da web não voltam nem desaparecem.</translation>
    </message>
    <message>
        <source>Sessions of the web that were ended do not come back.</source>
        <translation>As sessões da web terminadas não voltam.</translation>
    </message>
    <message>
        <source>Short answer</source>
        <translation>Resposta curta</translation>
    </message>
    <message>
        <source>Short name</source>
        <translation>Nome curto</translation>
    </message>
    <message>
        <source>Shorten it and save again.</source>
        <translation>Encurte-o e guarde de novo.</translation>
    </message>
    <message>
        <source>Shuffled</source>
        <translation>Baralhada</translation>
    </message>
    <message>
        <source>Sign in again for a new one.</source>
        <translation>Inicie sessão de novo para obter um novo.</translation>
    </message>
    <message>
        <source>Sign in again to go on with your new role.</source>
        <translation>Inicie sessão de novo para continuar com o seu novo perfil.</translation>
    </message>
    <message>
        <source>Sign in as that person.</source>
        <translation>Inicie sessão como essa pessoa.</translation>
    </message>
    <message>
        <source>Sign in first.</source>
        <translation>Inicie sessão primeiro.</translation>
    </message>
    <message>
        <source>Sign in with another account.</source>
        <translation>Inicie sessão com outra conta.</translation>
    </message>
    <message>
        <source>Sign-in</source>
        <translation>Início de sessão</translation>
    </message>
    <message>
        <source>Sign-ins</source>
        <translation>Inícios de sessão</translation>
    </message>
    <message>
        <source>Signed in</source>
        <translation>Início de sessão</translation>
    </message>
    <message>
        <source>Some of it has no place in the database any more and is left out.</source>
        <translation>Uma parte já não tem lugar na base de dados e fica de fora.</translation>
    </message>
    <message>
        <source>Some of these attempts are not yours to mark again.</source>
        <translation>Algumas destas tentativas não as pode reavaliar.</translation>
    </message>
    <message>
        <source>Somebody else changed the same rows at the same moment; nothing was changed.</source>
        <translation>Outra pessoa alterou as mesmas linhas no mesmo instante; nada foi alterado.</translation>
    </message>
    <message>
        <source>Somebody else changed this meanwhile.</source>
        <translation>Outra pessoa alterou isto entretanto.</translation>
    </message>
    <message>
        <source>Somebody else has changed or deleted this meanwhile; nothing was overwritten.</source>
        <translation>Outra pessoa alterou ou eliminou isto entretanto; nada foi substituído.</translation>
    </message>
    <message>
        <source>Somebody else is changing the same rows just now; nothing was changed.</source>
        <translation>Outra pessoa está agora a alterar as mesmas linhas; nada foi alterado.</translation>
    </message>
    <message>
        <source>Somebody else is changing the same rows. Nothing was changed.</source>
        <translation>Outra pessoa está a alterar as mesmas linhas. Nada foi alterado.</translation>
    </message>
    <message>
        <source>Somebody else is migrating this database: {who}.</source>
        <translation>Outra pessoa está a migrar esta base de dados: {who}.</translation>
    </message>
    <message>
        <source>Somebody else is using this just now.</source>
        <translation>Outra pessoa está a usar isto agora.</translation>
    </message>
    <message>
        <source>Somebody has migrated this database since the plan was made.</source>
        <translation>Alguém migrou esta base de dados desde que o plano foi feito.</translation>
    </message>
    <message>
        <source>Somebody works on the schema just now and keeps everybody away from a table.</source>
        <translation>Alguém está agora a mexer no esquema e impede o acesso de todos a uma tabela.</translation>
    </message>
    <message>
        <source>Something between here and the database does not take this program&apos;s settings.</source>
        <translation>Algo entre aqui e a base de dados não aceita as definições deste programa.</translation>
    </message>
    <message>
        <source>Something went wrong inside the program.</source>
        <translation>Algo correu mal dentro do programa.</translation>
    </message>
    <message>
        <source>Sorted the {things} of {parent} by title.</source>
        <translation>{parent}, {things}: ordenação por título feita.</translation>
    </message>
    <message>
        <source>Staff</source>
        <translation>Pessoal</translation>
    </message>
    <message>
        <source>Start it on a desktop, or draw the window into a file with --screenshot FILE.</source>
        <translation>Inicie-o num ambiente gráfico, ou desenhe a janela num ficheiro com --screenshot FICHEIRO.</translation>
    </message>
    <message>
        <source>Start the program as an ordinary user.</source>
        <translation>Inicie o programa como utilizador comum.</translation>
    </message>
    <message>
        <source>Started</source>
        <translation>Começada</translation>
    </message>
    <message>
        <source>Starting the embedded PostgreSQL.</source>
        <translation>A iniciar o PostgreSQL incorporado.</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Estado</translation>
    </message>
    <message>
        <source>Stored as a hash and never shown. A new password cannot be taken back with Undo.</source>
        <translation>Guardada como hash e nunca mostrada. Uma nova palavra-passe não se pode anular.</translation>
    </message>
    <message>
        <source>Student</source>
        <translation>Aluno</translation>
    </message>
    <message>
        <source>Student&apos;s e-mail</source>
        <translation>E-mail do aluno</translation>
    </message>
    <message>
        <source>Students</source>
        <translation>Alunos</translation>
    </message>
    <message>
        <source>Students cannot sign in here.</source>
        <translation>Os alunos não podem iniciar sessão aqui.</translation>
    </message>
    <message>
        <source>Table {table} is missing.</source>
        <translation>Falta a tabela {table}.</translation>
    </message>
    <message>
        <source>Table {table} is more than the revision makes.</source>
        <translation>A tabela {table} é mais do que a revisão cria.</translation>
    </message>
    <message>
        <source>Taken back</source>
        <translation>Reposto</translation>
    </message>
    <message>
        <source>Takes back</source>
        <translation>Repõe</translation>
    </message>
    <message>
        <source>Taking {things} away: {done} of {count}</source>
        <translation>A retirar: {things}, {done} de {count}</translation>
    </message>
    <message>
        <source>Teaching</source>
        <translation>Ensino</translation>
    </message>
    <message>
        <source>Text</source>
        <translation>Texto</translation>
    </message>
    <message>
        <source>That was the copy; the database itself is as it was.</source>
        <translation>Isso foi a cópia; a própria base de dados está como estava.</translation>
    </message>
    <message>
        <source>The PostgreSQL that the demo uses is not installed.</source>
        <translation>O PostgreSQL que a demonstração usa não está instalado.</translation>
    </message>
    <message>
        <source>The accepted answers are written as a list of numbers; each of them is accepted.</source>
        <translation>As respostas aceites estão escritas como uma lista de números; cada um deles é aceite.</translation>
    </message>
    <message>
        <source>The account {account}, which PostgreSQL runs under, cannot go into the folder {folder}.</source>
        <translation>A conta {account}, sob a qual o PostgreSQL funciona, não pode entrar na pasta {folder}.</translation>
    </message>
    <message>
        <source>The answer “{answer}” is none of the options.</source>
        <translation>A resposta “{answer}” não é nenhuma das opções.</translation>
    </message>
    <message>
        <source>The answers of the {n} selected are marked again, by the questions and pass marks as they are now. Attempts under way, with an essay or with answers by place stay as they are.</source>
        <translation>As respostas das {n} selecionadas são reavaliadas, pelas perguntas e notas de aprovação como estão agora. As tentativas em curso, com uma composição ou com respostas por posição ficam como estão.</translation>
    </message>
    <message>
        <source>The change log is not installed in this database.</source>
        <translation>O registo de alterações não está instalado nesta base de dados.</translation>
    </message>
    <message>
        <source>The change log knows nothing of this operation.</source>
        <translation>O registo de alterações nada sabe desta operação.</translation>
    </message>
    <message>
        <source>The change log of this database is not open to your connection.</source>
        <translation>O registo de alterações desta base de dados não está aberto à sua ligação.</translation>
    </message>
    <message>
        <source>The change log: every change made here, with before and after, so that it can be looked up and taken back.</source>
        <translation>O registo de alterações: cada alteração feita aqui, com o antes e o depois, para se poder ver e repor.</translation>
    </message>
    <message>
        <source>The connection that held the migration&apos;s lock was lost, so the migration was stopped.</source>
        <translation>Perdeu-se a ligação que mantinha o bloqueio da migração, por isso a migração foi parada.</translation>
    </message>
    <message>
        <source>The connection that held the migration&apos;s lock was lost.</source>
        <translation>Perdeu-se a ligação que mantinha o bloqueio da migração.</translation>
    </message>
    <message>
        <source>The connection to the database was lost at the very moment of saving.</source>
        <translation>A ligação à base de dados perdeu-se no preciso momento de guardar.</translation>
    </message>
    <message>
        <source>The connection to the database was lost.</source>
        <translation>Perdeu-se a ligação à base de dados.</translation>
    </message>
    <message>
        <source>The connection was lost while the migration was being committed. It was committed.</source>
        <translation>A ligação perdeu-se enquanto a migração era confirmada. Foi confirmada.</translation>
    </message>
    <message>
        <source>The copy could not be made: {reason}</source>
        <translation>Não foi possível fazer a cópia: {reason}</translation>
    </message>
    <message>
        <source>The copy is ready.</source>
        <translation>A cópia está pronta.</translation>
    </message>
    <message>
        <source>The data in {folder} was made by PostgreSQL {made_with} and cannot be opened by {version}.</source>
        <translation>Os dados em {folder} foram criados pelo PostgreSQL {made_with} e não podem ser abertos pelo {version}.</translation>
    </message>
    <message>
        <source>The database could not be saved: {reason}</source>
        <translation>Não foi possível guardar a base de dados: {reason}</translation>
    </message>
    <message>
        <source>The database does not give this connection the right to do that.</source>
        <translation>A base de dados não dá a esta ligação o direito de o fazer.</translation>
    </message>
    <message>
        <source>The database does not give this connection the right to these {things}.</source>
        <translation>A base de dados não dá a esta ligação direito a: {things}.</translation>
    </message>
    <message>
        <source>The database does not have all the tables and columns that this program needs.</source>
        <translation>A base de dados não tem todas as tabelas e colunas de que este programa precisa.</translation>
    </message>
    <message>
        <source>The database has a rule that does not allow this “{column}” of a {thing}.</source>
        <translation>Uma regra da base de dados não permite este valor em “{column}” ({thing}).</translation>
    </message>
    <message>
        <source>The database has no free connection left.</source>
        <translation>A base de dados já não tem ligações livres.</translation>
    </message>
    <message>
        <source>The database is at {at}, and the schema is as that makes it.</source>
        <translation>A base de dados está em {at}, e o esquema é o que isso dá.</translation>
    </message>
    <message>
        <source>The database is at {at}, but these indexes are invalid: {names}.</source>
        <translation>A base de dados está em {at}, mas estes índices são inválidos: {names}.</translation>
    </message>
    <message>
        <source>The database is at {at}; differences from that: {number}.</source>
        <translation>A base de dados está em {at}; diferenças em relação a isso: {number}.</translation>
    </message>
    <message>
        <source>The database is at {at}; what that should have given was not recorded.</source>
        <translation>A base de dados está em {at}; o que isso devia ter dado não ficou registado.</translation>
    </message>
    <message>
        <source>The database is at {state_revision}. What {halfway} did until then may have stayed, because it commits in its midst.</source>
        <translation>A base de dados está em {state_revision}. O que {halfway} fez até aí pode ter ficado, porque confirma a meio.</translation>
    </message>
    <message>
        <source>The database is at {state_revision}. What {halfway} did until then may have stayed, because it commits in its midst; these indexes are invalid: {invalid_indexes}.</source>
        <translation>A base de dados está em {state_revision}. O que {halfway} fez até aí pode ter ficado, porque confirma a meio; estes índices são inválidos: {invalid_indexes}.</translation>
    </message>
    <message>
        <source>The database is being shut down.</source>
        <translation>A base de dados está a ser encerrada.</translation>
    </message>
    <message>
        <source>The database is just starting or recovering.</source>
        <translation>A base de dados está a iniciar ou a recuperar.</translation>
    </message>
    <message>
        <source>The database is not ready for anybody to sign in.</source>
        <translation>A base de dados ainda não está pronta para alguém iniciar sessão.</translation>
    </message>
    <message>
        <source>The database refused this: {message}</source>
        <translation>A base de dados recusou: {message}</translation>
    </message>
    <message>
        <source>The database server{host} cannot be reached.</source>
        <translation>Não é possível chegar ao servidor da base de dados{host}.</translation>
    </message>
    <message>
        <source>The database server{host} does not answer.</source>
        <translation>O servidor da base de dados{host} não responde.</translation>
    </message>
    <message>
        <source>The database stopped before it was done. Nothing was changed.</source>
        <translation>A base de dados parou antes de terminar. Nada foi alterado.</translation>
    </message>
    <message>
        <source>The database took too long and was stopped; nothing was changed.</source>
        <translation>A base de dados demorou de mais e foi parada; nada foi alterado.</translation>
    </message>
    <message>
        <source>The database was saved to {file}.</source>
        <translation>A base de dados foi guardada em {file}.</translation>
    </message>
    <message>
        <source>The database {database} is not the demo&apos;s, and nothing was added to it.</source>
        <translation>A base de dados {database} não é a da demonstração, e nada lhe foi acrescentado.</translation>
    </message>
    <message>
        <source>The database&apos;s address cannot be understood.</source>
        <translation>Não se percebe o endereço da base de dados.</translation>
    </message>
    <message>
        <source>The default of {table}.{name} is {found} here and should be {wanted}.</source>
        <translation>O valor predefinido de {table}.{name} é aqui {found} e devia ser {wanted}.</translation>
    </message>
    <message>
        <source>The demo has no account {email} that may sign in.</source>
        <translation>A demonstração não tem uma conta {email} que possa iniciar sessão.</translation>
    </message>
    <message>
        <source>The difficulty can only be beginner, intermediate, advanced or empty.</source>
        <translation>A dificuldade só pode ser principiante, intermédio, avançado ou vazia.</translation>
    </message>
    <message>
        <source>The disk is full: {file} could not be written.</source>
        <translation>O disco está cheio: não foi possível escrever {file}.</translation>
    </message>
    <message>
        <source>The e-mail address or the password is not right.</source>
        <translation>O endereço de e-mail ou a palavra-passe não está certo.</translation>
    </message>
    <message>
        <source>The embedded PostgreSQL cannot be started in {folder}: {reason}.</source>
        <translation>Não é possível iniciar o PostgreSQL incorporado em {folder}: {reason}.</translation>
    </message>
    <message>
        <source>The embedded PostgreSQL could not be started. Its last words: {words}</source>
        <translation>Não foi possível iniciar o PostgreSQL incorporado. As suas últimas palavras: {words}</translation>
    </message>
    <message>
        <source>The embedded PostgreSQL is not running.</source>
        <translation>O PostgreSQL incorporado não está a funcionar.</translation>
    </message>
    <message>
        <source>The environment variable {name} is “{text}”, but it must be {kind} from {least} to {most}.</source>
        <translation>A variável de ambiente {name} é “{text}”, mas tem de ser {kind} de {least} a {most}.</translation>
    </message>
    <message>
        <source>The first administrator is created before anybody signs in.</source>
        <translation>O primeiro administrador é criado antes de alguém iniciar sessão.</translation>
    </message>
    <message>
        <source>The folder {folder} does not hold the data of a PostgreSQL.</source>
        <translation>A pasta {folder} não contém os dados de um PostgreSQL.</translation>
    </message>
    <message>
        <source>The id {revision} is too long for any version table.</source>
        <translation>O id {revision} é comprido de mais para qualquer tabela de versões.</translation>
    </message>
    <message>
        <source>The index {name} was made, but is not valid.</source>
        <translation>O índice {name} foi feito, mas não é válido.</translation>
    </message>
    <message>
        <source>The migration was stopped.</source>
        <translation>A migração foi parada.</translation>
    </message>
    <message>
        <source>The migrations of this database and of this program do not fit together.</source>
        <translation>As migrações desta base de dados e deste programa não combinam.</translation>
    </message>
    <message>
        <source>The name of the file is too long.</source>
        <translation>O nome do ficheiro é comprido de mais.</translation>
    </message>
    <message>
        <source>The network connection failed.</source>
        <translation>A ligação de rede falhou.</translation>
    </message>
    <message>
        <source>The next free number of the year is taken when left empty.</source>
        <translation>Quando fica vazio, usa-se o próximo número livre do ano.</translation>
    </message>
    <message>
        <source>The number {number} is too large.</source>
        <translation>O número {number} é grande de mais.</translation>
    </message>
    <message>
        <source>The option&apos;s text, true or false, or the accepted short answers; several as a JSON list.</source>
        <translation>O texto da opção, true ou false, ou as respostas curtas aceites; várias como lista JSON.</translation>
    </message>
    <message>
        <source>The options are nested too deeply; they can be edited as they are written.</source>
        <translation>As opções têm níveis a mais; podem editar-se tal como estão escritas.</translation>
    </message>
    <message>
        <source>The options are not JSON; they can be edited as they are written.</source>
        <translation>As opções não são JSON; podem editar-se tal como estão escritas.</translation>
    </message>
    <message>
        <source>The options are not a list; they can be edited as they are written.</source>
        <translation>As opções não são uma lista; podem editar-se tal como estão escritas.</translation>
    </message>
    <message>
        <source>The options of question {n} of “{quiz}” cannot be read as choices.</source>
        <translation>As opções da pergunta {n} de “{quiz}” não se conseguem ler como escolhas.</translation>
    </message>
    <message>
        <source>The order is as it was: they stand there already.</source>
        <translation>A ordem está como estava: já estão aí.</translation>
    </message>
    <message>
        <source>The page “{page}” can be drawn only of the demo, with --sign-in EMAIL.</source>
        <translation>A página “{page}” só se pode desenhar da demonstração, com --sign-in E-MAIL.</translation>
    </message>
    <message>
        <source>The pass mark of “{quiz}” is not between 0 and 100 %.</source>
        <translation>A nota de aprovação de “{quiz}” não está entre 0 e 100 %.</translation>
    </message>
    <message>
        <source>The password of the embedded PostgreSQL in {folder} is lost.</source>
        <translation>Perdeu-se a palavra-passe do PostgreSQL incorporado em {folder}.</translation>
    </message>
    <message>
        <source>The percentage of all points that passes.</source>
        <translation>A percentagem de todos os pontos com que se é aprovado.</translation>
    </message>
    <message>
        <source>The percentage of points: those reached, of all that the quiz&apos;s questions give.</source>
        <translation>A percentagem de pontos: os obtidos, de todos os que as perguntas do questionário dão.</translation>
    </message>
    <message>
        <source>The picture cannot be saved as {file}.</source>
        <translation>Não é possível guardar a imagem como {file}.</translation>
    </message>
    <message>
        <source>The port in the database&apos;s address must be from 1 to 65535.</source>
        <translation>A porta no endereço da base de dados tem de ser de 1 a 65535.</translation>
    </message>
    <message>
        <source>The quiz “{quiz}” has no questions.</source>
        <translation>O questionário “{quiz}” não tem perguntas.</translation>
    </message>
    <message>
        <source>The record of migrations: which revision was applied or taken back, when and by whom.</source>
        <translation>O registo das migrações: que revisão foi aplicada ou desfeita, quando e por quem.</translation>
    </message>
    <message>
        <source>The rehearsal runs on this database itself: while it lasts, others wait for the tables that it changes. Nothing of it stays.</source>
        <translation>O ensaio corre nesta mesma base de dados: enquanto dura, outros esperam pelas tabelas que altera. Nada dele fica.</translation>
    </message>
    <message>
        <source>The rehearsal was rolled back; others wrote to {tables} meanwhile.</source>
        <translation>O ensaio foi revertido; entretanto outros escreveram em {tables}.</translation>
    </message>
    <message>
        <source>The rehearsal was stopped, and everything rolled back.</source>
        <translation>O ensaio foi parado, e tudo revertido.</translation>
    </message>
    <message>
        <source>The rehearsal was stopped, and the copy dropped.</source>
        <translation>O ensaio foi parado, e a cópia eliminada.</translation>
    </message>
    <message>
        <source>The revision {target} lies the other way.</source>
        <translation>A revisão {target} fica no outro sentido.</translation>
    </message>
    <message>
        <source>The revisions have one head.</source>
        <translation>As revisões têm uma única ponta (head).</translation>
    </message>
    <message>
        <source>The revisions of this program have several heads: {heads}.</source>
        <translation>As revisões deste programa têm várias pontas (heads): {heads}.</translation>
    </message>
    <message>
        <source>The right answer to question {n} of “{quiz}” is none that students can give.</source>
        <translation>A resposta certa à pergunta {n} de “{quiz}” não é nenhuma que os alunos possam dar.</translation>
    </message>
    <message>
        <source>The right answer “{answer}” is neither true nor false.</source>
        <translation>A resposta certa “{answer}” não é verdadeira nem falsa.</translation>
    </message>
    <message>
        <source>The right answer “{answer}” is none of the options.</source>
        <translation>A resposta certa “{answer}” não é nenhuma das opções.</translation>
    </message>
    <message>
        <source>The right answer “{answer}” is the text of several options.</source>
        <translation>A resposta certa “{answer}” é o texto de várias opções.</translation>
    </message>
    <message>
        <source>The role {user} does not own {tables}; {owner} does.</source>
        <translation>O papel {user} não é proprietário de {tables}; {owner} é.</translation>
    </message>
    <message>
        <source>The role {user} may do all of this.</source>
        <translation>O papel {user} pode fazer tudo isto.</translation>
    </message>
    <message>
        <source>The role {user} may not create anything in the schema {schema}.</source>
        <translation>O papel {user} não pode criar nada no esquema {schema}.</translation>
    </message>
    <message>
        <source>The role {user} may not create the schema {schema}.</source>
        <translation>O papel {user} não pode criar o esquema {schema}.</translation>
    </message>
    <message>
        <source>The schema equals that of no revision, so none was put on record.</source>
        <translation>O esquema não é igual ao de nenhuma revisão, por isso não se registou nenhuma.</translation>
    </message>
    <message>
        <source>The schema is as its revision makes it.</source>
        <translation>O esquema é como a sua revisão o cria.</translation>
    </message>
    <message>
        <source>The schema was changed meanwhile, by somebody else: the rehearsal was rolled back.</source>
        <translation>O esquema foi entretanto alterado por outra pessoa: o ensaio foi revertido.</translation>
    </message>
    <message>
        <source>The server cannot say any more whether this was saved before the connection was lost.</source>
        <translation>O servidor já não sabe dizer se isto foi guardado antes de a ligação se perder.</translation>
    </message>
    <message>
        <source>The server did not accept the name or the password of the connection.</source>
        <translation>O servidor não aceitou o nome ou a palavra-passe da ligação.</translation>
    </message>
    <message>
        <source>The server does not say that the rehearsal was rolled back.</source>
        <translation>O servidor não diz que o ensaio foi revertido.</translation>
    </message>
    <message>
        <source>The server has run out of memory or of another resource; nothing was changed.</source>
        <translation>O servidor ficou sem memória ou outro recurso; nada foi alterado.</translation>
    </message>
    <message>
        <source>The server has trouble with its own files.</source>
        <translation>O servidor tem problemas com os seus próprios ficheiros.</translation>
    </message>
    <message>
        <source>The server is PostgreSQL {version}, and this program needs {oldest} or a newer one.</source>
        <translation>O servidor é PostgreSQL {version}, e este programa precisa da versão {oldest} ou de uma mais recente.</translation>
    </message>
    <message>
        <source>The server is on this computer: nobody is on the way to it.</source>
        <translation>O servidor está neste computador: não há ninguém pelo caminho.</translation>
    </message>
    <message>
        <source>The server reports an internal error.</source>
        <translation>O servidor comunica um erro interno.</translation>
    </message>
    <message>
        <source>The server&apos;s disk is full; nothing was changed.</source>
        <translation>O disco do servidor está cheio; nada foi alterado.</translation>
    </message>
    <message>
        <source>The server{host} could not prove that it is the right one, so nothing was sent to it.</source>
        <translation>O servidor{host} não conseguiu provar que é o certo, por isso nada lhe foi enviado.</translation>
    </message>
    <message>
        <source>The server{host} does not let this name into this database from here.</source>
        <translation>O servidor{host} não deixa este nome entrar nesta base de dados a partir daqui.</translation>
    </message>
    <message>
        <source>The server{host} does not offer an encrypted connection, which this address demands.</source>
        <translation>O servidor{host} não oferece uma ligação cifrada, que este endereço exige.</translation>
    </message>
    <message>
        <source>The short name is part of a web address: no blanks, no / ? #.</source>
        <translation>O nome curto faz parte de um endereço web: sem espaços, sem / ? #.</translation>
    </message>
    <message>
        <source>The sign-ins are for administrators to see.</source>
        <translation>Só os administradores podem ver os inícios de sessão.</translation>
    </message>
    <message>
        <source>The system could not do that with {file}.</source>
        <translation>O sistema não conseguiu fazer isso com {file}.</translation>
    </message>
    <message>
        <source>The text is not written as {encoding}.</source>
        <translation>O texto não está escrito em {encoding}.</translation>
    </message>
    <message>
        <source>The time limit of “{quiz}” leaves no time to answer.</source>
        <translation>O limite de tempo de “{quiz}” não deixa tempo para responder.</translation>
    </message>
    <message>
        <source>The time limit was reached; everything was rolled back.</source>
        <translation>Chegou-se ao limite de tempo; tudo foi revertido.</translation>
    </message>
    <message>
        <source>The version table has room for every id.</source>
        <translation>A tabela de versões tem lugar para todos os ids.</translation>
    </message>
    <message>
        <source>The version table takes ids of {width} characters, and only its owner can widen it.</source>
        <translation>A tabela de versões aceita ids de {width} caracteres, e só o proprietário a pode alargar.</translation>
    </message>
    <message>
        <source>The version table takes ids of {width} characters; it is widened to {wide} first.</source>
        <translation>A tabela de versões aceita ids de {width} caracteres; primeiro é alargada para {wide}.</translation>
    </message>
    <message>
        <source>The window was not ready to be drawn in time.</source>
        <translation>A janela não ficou pronta a tempo de ser desenhada.</translation>
    </message>
    <message>
        <source>The work took longer than the server allows; nothing was changed.</source>
        <translation>O trabalho demorou mais do que o servidor permite; nada foi alterado.</translation>
    </message>
    <message>
        <source>The {things} of {parent} are sorted by title already.</source>
        <translation>{parent}, {things}: já por ordem de título.</translation>
    </message>
    <message>
        <source>There are no courses yet. Begin with a title and somebody who teaches it.</source>
        <translation>Ainda não há cursos. Comece com um título e alguém que o lecione.</translation>
    </message>
    <message>
        <source>There are no lessons yet.</source>
        <translation>Ainda não há lições.</translation>
    </message>
    <message>
        <source>There are no lessons yet. A course is made of them: add its first one.</source>
        <translation>Ainda não há lições. Um curso é feito delas: adicione a primeira.</translation>
    </message>
    <message>
        <source>There are no questions in this.</source>
        <translation>Não há perguntas nisto.</translation>
    </message>
    <message>
        <source>There are no questions yet. Choose a quiz and add its first one.</source>
        <translation>Ainda não há perguntas. Escolha um questionário e adicione a primeira.</translation>
    </message>
    <message>
        <source>There are no quizzes yet. Begin with a title, then add its questions.</source>
        <translation>Ainda não há questionários. Comece com um título e adicione depois as perguntas.</translation>
    </message>
    <message>
        <source>There are registrar@lms.com, instructor@lms.com and admin@lms.com.</source>
        <translation>Há registrar@lms.com, instructor@lms.com e admin@lms.com.</translation>
    </message>
    <message>
        <source>There are {pages}.</source>
        <translation>Há {pages}.</translation>
    </message>
    <message>
        <source>There are: {known}; and head, base, +1, -1.</source>
        <translation>Há: {known}; e head, base, +1, -1.</translation>
    </message>
    <message>
        <source>There is a NUL character in this text; PostgreSQL cannot store it.</source>
        <translation>Há um carácter NUL neste texto; o PostgreSQL não o pode guardar.</translation>
    </message>
    <message>
        <source>There is a blank in this web address; there it is written %20.</source>
        <translation>Há um espaço neste endereço web; aí escreve-se %20.</translation>
    </message>
    <message>
        <source>There is a progress record of this lesson for this enrollment already.</source>
        <translation>Já há um registo de progresso desta lição para esta inscrição.</translation>
    </message>
    <message>
        <source>There is a {thing} with the same values already.</source>
        <translation>Já há um registo ({thing}) com os mesmos valores.</translation>
    </message>
    <message>
        <source>There is an administrator already.</source>
        <translation>Já há um administrador.</translation>
    </message>
    <message>
        <source>There is half a character in this password.</source>
        <translation>Há meio carácter nesta palavra-passe.</translation>
    </message>
    <message>
        <source>There is more than one gap in this question: only the first is a question here.</source>
        <translation>Há mais de uma lacuna nesta pergunta: só a primeira é aqui uma pergunta.</translation>
    </message>
    <message>
        <source>There is no PostgreSQL in {folder}.</source>
        <translation>Não há PostgreSQL em {folder}.</translation>
    </message>
    <message>
        <source>There is no accepted answer.</source>
        <translation>Não há nenhuma resposta aceite.</translation>
    </message>
    <message>
        <source>There is no connection to a database.</source>
        <translation>Não há ligação a uma base de dados.</translation>
    </message>
    <message>
        <source>There is no display here to open a window on.</source>
        <translation>Não há aqui um ecrã em que abrir uma janela.</translation>
    </message>
    <message>
        <source>There is no field {key} to filter by here.</source>
        <translation>Não há aqui um campo {key} por que filtrar.</translation>
    </message>
    <message>
        <source>There is no page “{page}”.</source>
        <translation>Não há uma página “{page}”.</translation>
    </message>
    <message>
        <source>There is no question above this line.</source>
        <translation>Não há nenhuma pergunta acima desta linha.</translation>
    </message>
    <message>
        <source>There is no revision {target} here, or more than one begins like that.</source>
        <translation>Não há aqui uma revisão {target}, ou há mais de uma que começa assim.</translation>
    </message>
    <message>
        <source>There is no room left on the disk for the embedded PostgreSQL.</source>
        <translation>Já não há espaço no disco para o PostgreSQL incorporado.</translation>
    </message>
    <message>
        <source>There is no server of that name{host}.</source>
        <translation>Não há servidor com esse nome{host}.</translation>
    </message>
    <message>
        <source>There is no such database on this server.</source>
        <translation>Não há tal base de dados neste servidor.</translation>
    </message>
    <message>
        <source>There is no such date or time.</source>
        <translation>Não existe tal data ou hora.</translation>
    </message>
    <message>
        <source>There is no such day or time: {typed}.</source>
        <translation>Não existe tal dia ou hora: {typed}.</translation>
    </message>
    <message>
        <source>There is no such day. Write it like 2026-11-20.</source>
        <translation>Esse dia não existe. Escreva-o como 2026-11-20.</translation>
    </message>
    <message>
        <source>There is no such offset from UTC.</source>
        <translation>Não existe tal diferença para UTC.</translation>
    </message>
    <message>
        <source>There is no such offset from UTC: {offset}.</source>
        <translation>Não existe tal diferença para UTC: {offset}.</translation>
    </message>
    <message>
        <source>There is not enough memory for this.</source>
        <translation>Não há memória suficiente para isto.</translation>
    </message>
    <message>
        <source>There is nothing in it that could be taken back.</source>
        <translation>Não há nela nada que se possa repor.</translation>
    </message>
    <message>
        <source>There was nothing to copy.</source>
        <translation>Não havia nada a copiar.</translation>
    </message>
    <message>
        <source>There was nothing to do: the database is at {at}.</source>
        <translation>Não havia nada a fazer: a base de dados está em {at}.</translation>
    </message>
    <message>
        <source>There were no questions to add.</source>
        <translation>Não havia perguntas a adicionar.</translation>
    </message>
    <message>
        <source>They are most like those of {revision}; what is different has to be mended first.</source>
        <translation>São mais parecidas com as de {revision}; o que é diferente tem de ser corrigido primeiro.</translation>
    </message>
    <message>
        <source>They are those of {revision}, which can be put on record.</source>
        <translation>São as de {revision}, que se pode registar.</translation>
    </message>
    <message>
        <source>They cannot be given to what is being deleted as well.</source>
        <translation>Não podem passar para o que também vai ser eliminado.</translation>
    </message>
    <message>
        <source>This JSON is nested too deeply.</source>
        <translation>Este JSON tem níveis a mais.</translation>
    </message>
    <message>
        <source>This XML is nested too deeply.</source>
        <translation>Este XML tem níveis a mais.</translation>
    </message>
    <message>
        <source>This account has been deactivated.</source>
        <translation>Esta conta foi desativada.</translation>
    </message>
    <message>
        <source>This account was active already.</source>
        <translation>Esta conta já estava ativa.</translation>
    </message>
    <message>
        <source>This account was deactivated already.</source>
        <translation>Esta conta já estava desativada.</translation>
    </message>
    <message>
        <source>This cannot be a password: it holds a NUL character or is too long.</source>
        <translation>Isto não pode ser uma palavra-passe: contém um carácter NUL ou é comprida de mais.</translation>
    </message>
    <message>
        <source>This cannot be deleted: it is referred to by {things}.</source>
        <translation>Isto não pode ser eliminado: é referido por {things}.</translation>
    </message>
    <message>
        <source>This cannot be taken back: something has happened since to one of its rows. Nothing was changed.</source>
        <translation>Isto não se pode repor: entretanto aconteceu algo a uma das suas linhas. Nada foi alterado.</translation>
    </message>
    <message>
        <source>This cannot be taken back: {count} of its rows are in the way. Nothing was changed.</source>
        <translation>Isto não se pode repor: {count} das suas linhas estão no caminho. Nada foi alterado.</translation>
    </message>
    <message>
        <source>This connection may only read: default_transaction_read_only is on.</source>
        <translation>Esta ligação só pode ler: default_transaction_read_only está ligado.</translation>
    </message>
    <message>
        <source>This database calls itself {revision}, but its tables are not those of the LMS.</source>
        <translation>Esta base de dados diz-se {revision}, mas as suas tabelas não são as do LMS.</translation>
    </message>
    <message>
        <source>This database can only be read at present, perhaps because it is a standby.</source>
        <translation>De momento esta base de dados só se pode ler, talvez por estar de reserva.</translation>
    </message>
    <message>
        <source>This database has tables, and they are not those of the LMS.</source>
        <translation>Esta base de dados tem tabelas, e não são as do LMS.</translation>
    </message>
    <message>
        <source>This database has tables, but no record of which revision they are.</source>
        <translation>Esta base de dados tem tabelas, mas nenhum registo da revisão a que pertencem.</translation>
    </message>
    <message>
        <source>This database has tables, but they are not known to be those of the LMS.</source>
        <translation>Esta base de dados tem tabelas, mas não se sabe se são as do LMS.</translation>
    </message>
    <message>
        <source>This database is at revision {revision}, but {head} is needed.</source>
        <translation>Esta base de dados está na revisão {revision}, mas é precisa {head}.</translation>
    </message>
    <message>
        <source>This database is at revision {revision}, made by a newer version of this program.</source>
        <translation>Esta base de dados está na revisão {revision}, criada por uma versão mais recente deste programa.</translation>
    </message>
    <message>
        <source>This database is at revision {revision}, which this program does not know.</source>
        <translation>Esta base de dados está na revisão {revision}, que este programa não conhece.</translation>
    </message>
    <message>
        <source>This database is at several revisions at once: {revisions}.</source>
        <translation>Esta base de dados está em várias revisões ao mesmo tempo: {revisions}.</translation>
    </message>
    <message>
        <source>This database is being migrated by somebody else just now: {holder}.</source>
        <translation>Esta base de dados está agora a ser migrada por outra pessoa: {holder}.</translation>
    </message>
    <message>
        <source>This database is empty: it has no tables yet.</source>
        <translation>Esta base de dados está vazia: ainda não tem tabelas.</translation>
    </message>
    <message>
        <source>This database is up to date.</source>
        <translation>Esta base de dados está atualizada.</translation>
    </message>
    <message>
        <source>This field cannot be changed here.</source>
        <translation>Este campo não pode ser alterado aqui.</translation>
    </message>
    <message>
        <source>This field is for administrators to change.</source>
        <translation>Este campo só pode ser alterado por administradores.</translation>
    </message>
    <message>
        <source>This file has a document type declaration, which no export of Moodle has: it was not read.</source>
        <translation>Este ficheiro tem uma declaração do tipo de documento, que nenhuma exportação do Moodle tem: não foi lido.</translation>
    </message>
    <message>
        <source>This file is too large: at most {size} MB are read.</source>
        <translation>Este ficheiro é grande de mais: leem-se no máximo {size} MB.</translation>
    </message>
    <message>
        <source>This is XML, but not the XML of a Moodle quiz.</source>
        <translation>Isto é XML, mas não o de um questionário do Moodle.</translation>
    </message>
    <message>
        <source>This is a text without a question: it was left out.</source>
        <translation>Isto é um texto sem pergunta: ficou de fora.</translation>
    </message>
    <message>
        <source>This is not JSON yet: line {line}, column {column}: {reason}.</source>
        <translation>Isto ainda não é JSON: linha {line}, coluna {column}: {reason}.</translation>
    </message>
    <message>
        <source>This is not a text file.</source>
        <translation>Isto não é um ficheiro de texto.</translation>
    </message>
    <message>
        <source>This is not in the database any more; somebody has deleted it.</source>
        <translation>Isto já não está na base de dados; alguém o eliminou.</translation>
    </message>
    <message>
        <source>This is not the database&apos;s name, and nothing was done.</source>
        <translation>Este não é o nome da base de dados, e nada foi feito.</translation>
    </message>
    <message>
        <source>This is not well-formed XML: {reason}.</source>
        <translation>Isto não é XML bem formado: {reason}.</translation>
    </message>
    <message>
        <source>This is out of the range of dates that can be typed here.</source>
        <translation>Isto está fora das datas que se podem escrever aqui.</translation>
    </message>
    <message>
        <source>This is somebody else&apos;s work: you can take back your own.</source>
        <translation>Isto é trabalho de outra pessoa: pode repor o seu.</translation>
    </message>
    <message>
        <source>This lesson stands in another course by now.</source>
        <translation>Esta lição já está noutro curso.</translation>
    </message>
    <message>
        <source>This may not be blank.</source>
        <translation>Isto não pode estar em branco.</translation>
    </message>
    <message>
        <source>This met with another change of the same rows; nothing was changed.</source>
        <translation>Isto coincidiu com outra alteração das mesmas linhas; nada foi alterado.</translation>
    </message>
    <message>
        <source>This numerical question was taken as one with a short answer.</source>
        <translation>Esta pergunta numérica foi aceite como resposta curta.</translation>
    </message>
    <message>
        <source>This operation cannot be found: it is not in the log, or it is not yours to see.</source>
        <translation>Esta operação não se encontra: não está no registo, ou não a pode ver.</translation>
    </message>
    <message>
        <source>This person no longer exists.</source>
        <translation>Esta pessoa já não existe.</translation>
    </message>
    <message>
        <source>This person still has courses as their instructor and cannot be deleted.</source>
        <translation>Esta pessoa ainda leciona cursos e não pode ser eliminada.</translation>
    </message>
    <message>
        <source>This program has no revision {revision}.</source>
        <translation>Este programa não tem nenhuma revisão {revision}.</translation>
    </message>
    <message>
        <source>This program is for the school&apos;s staff.</source>
        <translation>Este programa é para o pessoal da escola.</translation>
    </message>
    <message>
        <source>This program works with PostgreSQL alone; the address is one of {other}.</source>
        <translation>Este programa só funciona com PostgreSQL; o endereço é de {other}.</translation>
    </message>
    <message>
        <source>This question has answers of several kinds: only its options were taken.</source>
        <translation>Esta pergunta tem respostas de vários tipos: só se aproveitaram as suas opções.</translation>
    </message>
    <message>
        <source>This question has no options.</source>
        <translation>Esta pergunta não tem opções.</translation>
    </message>
    <message>
        <source>This question has no text.</source>
        <translation>Esta pergunta não tem texto.</translation>
    </message>
    <message>
        <source>This question has one option only.</source>
        <translation>Esta pergunta tem só uma opção.</translation>
    </message>
    <message>
        <source>This question has options already: this line was left out.</source>
        <translation>Esta pergunta já tem opções: esta linha ficou de fora.</translation>
    </message>
    <message>
        <source>This quiz is no longer there.</source>
        <translation>Este questionário já não existe.</translation>
    </message>
    <message>
        <source>This server is a standby and takes no changes.</source>
        <translation>Este servidor está de reserva e não aceita alterações.</translation>
    </message>
    <message>
        <source>This server takes changes.</source>
        <translation>Este servidor aceita alterações.</translation>
    </message>
    <message>
        <source>This student is enrolled in this course already.</source>
        <translation>Este aluno já está inscrito neste curso.</translation>
    </message>
    <message>
        <source>This type of question is not known here; it can be edited as it is written.</source>
        <translation>Este tipo de pergunta não é aqui conhecido; pode editar-se tal como está escrita.</translation>
    </message>
    <message>
        <source>This was a draft already.</source>
        <translation>Isto já era um rascunho.</translation>
    </message>
    <message>
        <source>This was published already.</source>
        <translation>Isto já estava publicado.</translation>
    </message>
    <message>
        <source>This was revoked already.</source>
        <translation>Isto já estava revogado.</translation>
    </message>
    <message>
        <source>This was saved already.</source>
        <translation>Isto já foi guardado.</translation>
    </message>
    <message>
        <source>This was taken back already.</source>
        <translation>Isto já foi reposto.</translation>
    </message>
    <message>
        <source>This web address names no computer: it looks like https://school.edu/page.</source>
        <translation>Este endereço web não indica um computador: é como https://school.edu/page.</translation>
    </message>
    <message>
        <source>This {thing} cannot be deleted: there are {things} that belong to it.</source>
        <translation>Este registo ({thing}) não pode ser eliminado: pertencem-lhe {things}.</translation>
    </message>
    <message>
        <source>This {thing} is in the database already.</source>
        <translation>Este registo ({thing}) já está na base de dados.</translation>
    </message>
    <message>
        <source>Time limit</source>
        <translation>Limite de tempo</translation>
    </message>
    <message>
        <source>Title</source>
        <translation>Título</translation>
    </message>
    <message>
        <source>Together with</source>
        <translation>Junto com</translation>
    </message>
    <message>
        <source>Token</source>
        <translation>Token</translation>
    </message>
    <message>
        <source>Too little is known of what was deleted: it cannot be restored.</source>
        <translation>Sabe-se muito pouco do que foi eliminado: não pode ser restaurado.</translation>
    </message>
    <message>
        <source>Too many attempts have failed. Try again in {seconds} s.</source>
        <translation>Falharam demasiadas tentativas. Tente de novo dentro de {seconds} s.</translation>
    </message>
    <message>
        <source>Too many files are open.</source>
        <translation>Há demasiados ficheiros abertos.</translation>
    </message>
    <message>
        <source>Took back in part: {what}</source>
        <translation>Reposto em parte: {what}</translation>
    </message>
    <message>
        <source>Took back: {what}</source>
        <translation>Reposto: {what}</translation>
    </message>
    <message>
        <source>Trigger {name} of {table} is missing: changes there are not all logged.</source>
        <translation>Falta o trigger {name} de {table}: aí nem todas as alterações são registadas.</translation>
    </message>
    <message>
        <source>Trigger {name} of {table} is more than the revision makes.</source>
        <translation>O trigger {name} de {table} é mais do que a revisão cria.</translation>
    </message>
    <message>
        <source>Trigger {name} of {table} is not the one that the revision makes.</source>
        <translation>O trigger {name} de {table} não é o que a revisão cria.</translation>
    </message>
    <message>
        <source>Trigger {name} of {table} is switched off: changes there are not all logged.</source>
        <translation>O trigger {name} de {table} está desligado: aí nem todas as alterações são registadas.</translation>
    </message>
    <message>
        <source>True or false</source>
        <translation>Verdadeiro ou falso</translation>
    </message>
    <message>
        <source>Try again in a moment.</source>
        <translation>Tente de novo daqui a pouco.</translation>
    </message>
    <message>
        <source>Try again in a moment; if it goes on, ask whoever administers the database.</source>
        <translation>Tente de novo daqui a pouco; se continuar, pergunte a quem administra a base de dados.</translation>
    </message>
    <message>
        <source>Try again when it is back.</source>
        <translation>Tente de novo quando ela voltar.</translation>
    </message>
    <message>
        <source>Try again when it is done.</source>
        <translation>Tente de novo quando isso terminar.</translation>
    </message>
    <message>
        <source>Try again, or choose another place.</source>
        <translation>Tente de novo, ou escolha outro local.</translation>
    </message>
    <message>
        <source>Try again, or narrow down what you are looking for.</source>
        <translation>Tente de novo, ou restrinja o que procura.</translation>
    </message>
    <message>
        <source>Two options are the same: {option}.</source>
        <translation>Duas opções são iguais: {option}.</translation>
    </message>
    <message>
        <source>Two-step sign-in</source>
        <translation>Acesso em dois passos</translation>
    </message>
    <message>
        <source>Type</source>
        <translation>Tipo</translation>
    </message>
    <message>
        <source>Type the name of the database.</source>
        <translation>Escreva o nome da base de dados.</translation>
    </message>
    <message>
        <source>Under way</source>
        <translation>Em curso</translation>
    </message>
    <message>
        <source>Unpublish</source>
        <translation>Retirar publicação</translation>
    </message>
    <message>
        <source>Unpublished {name}.</source>
        <translation>{name}: publicação retirada.</translation>
    </message>
    <message>
        <source>Unpublished {n} courses.</source>
        <translation>{n} cursos com publicação retirada.</translation>
    </message>
    <message>
        <source>Unpublished {n} quizzes.</source>
        <translation>{n} questionários com publicação retirada.</translation>
    </message>
    <message>
        <source>Unterminated string starting at</source>
        <translation>um texto sem fim</translation>
    </message>
    <message>
        <source>Up to {needed} of disk are needed, and {free} are free.</source>
        <translation>São precisos até {needed} no disco, e há {free} livres.</translation>
    </message>
    <message>
        <source>Up to {needed} of disk are needed; what is free cannot be seen from here.</source>
        <translation>São precisos até {needed} no disco; o que está livre não se vê daqui.</translation>
    </message>
    <message>
        <source>Use a number from -2147483648 to 2147483647.</source>
        <translation>Use um número de -2147483648 a 2147483647.</translation>
    </message>
    <message>
        <source>Use another number.</source>
        <translation>Use outro número.</translation>
    </message>
    <message>
        <source>Use the newer version that made it.</source>
        <translation>Use a versão mais recente que a criou.</translation>
    </message>
    <message>
        <source>Use the newer version; this one changes nothing here.</source>
        <translation>Use a versão mais recente; esta nada altera aqui.</translation>
    </message>
    <message>
        <source>Valid</source>
        <translation>Válida</translation>
    </message>
    <message>
        <source>Video</source>
        <translation>Vídeo</translation>
    </message>
    <message>
        <source>Videos</source>
        <translation>Vídeos</translation>
    </message>
    <message>
        <source>Wait for what is running, or cancel it, and try again.</source>
        <translation>Espere pelo que está em curso, ou cancele-o, e tente de novo.</translation>
    </message>
    <message>
        <source>Weaker than it should be.</source>
        <translation>Mais fraca do que devia.</translation>
    </message>
    <message>
        <source>What</source>
        <translation>O quê</translation>
    </message>
    <message>
        <source>What a multiple choice offers: a JSON list of texts, such as [&quot;red&quot;, &quot;blue&quot;].</source>
        <translation>O que uma escolha múltipla oferece: uma lista JSON de textos, como [&quot;red&quot;, &quot;blue&quot;].</translation>
    </message>
    <message>
        <source>What is to be made is there already: {names}. The revision will fail and change nothing.</source>
        <translation>O que se vai criar já existe: {names}. A revisão vai falhar sem alterar nada.</translation>
    </message>
    <message>
        <source>What should be called {name} on {table} is called {found} here.</source>
        <translation>O que em {table} se devia chamar {name} chama-se aqui {found}.</translation>
    </message>
    <message>
        <source>What the person signs in with.</source>
        <translation>Com isto a pessoa inicia sessão.</translation>
    </message>
    <message>
        <source>What this belongs to is no longer there.</source>
        <translation>Aquilo a que isto pertence já não existe.</translation>
    </message>
    <message>
        <source>What this was put behind is no longer in the list. Nothing was changed.</source>
        <translation>Aquilo atrás do qual isto foi posto já não está na lista. Nada foi alterado.</translation>
    </message>
    <message>
        <source>What was chosen as “{column}” of this {thing} is not in the database any more.</source>
        <translation>O que foi escolhido em “{column}” já não está na base de dados ({thing}).</translation>
    </message>
    <message>
        <source>What was deleted is not yours to restore.</source>
        <translation>Não pode restaurar o que foi eliminado.</translation>
    </message>
    <message>
        <source>What was done</source>
        <translation>O que foi feito</translation>
    </message>
    <message>
        <source>What was done before that stays: the database is at {state_revision}.</source>
        <translation>O que foi feito antes disso fica: a base de dados está em {state_revision}.</translation>
    </message>
    <message>
        <source>What you were about to copy is no longer there. Nothing was changed.</source>
        <translation>O que ia copiar já não existe. Nada foi alterado.</translation>
    </message>
    <message>
        <source>What you were about to move is no longer there: it was deleted or moved away. Nothing was changed.</source>
        <translation>O que ia mover já lá não está: foi eliminado ou levado para outro lado. Nada foi alterado.</translation>
    </message>
    <message>
        <source>When</source>
        <translation>Quando</translation>
    </message>
    <message>
        <source>Where the database stands could not be found out.</source>
        <translation>Não se conseguiu saber onde está a base de dados.</translation>
    </message>
    <message>
        <source>Whether certificates hang on this cannot be told, and certificates are kept for ever.</source>
        <translation>Não se consegue saber se disto dependem certificados, e os certificados guardam-se para sempre.</translation>
    </message>
    <message>
        <source>Whether it was saved is looked up as soon as the connection is back.</source>
        <translation>Assim que a ligação voltar, verifica-se se foi guardado.</translation>
    </message>
    <message>
        <source>Who</source>
        <translation>Quem</translation>
    </message>
    <message>
        <source>Who comes back has no password: nobody can sign in with that account until it gets a new one.</source>
        <translation>Quem volta não tem palavra-passe: ninguém pode iniciar sessão com essa conta até ela receber uma nova.</translation>
    </message>
    <message>
        <source>Whoever is on the way can have the encryption left out, read along and pose as the server.</source>
        <translation>Quem estiver pelo caminho pode fazer dispensar a cifra, ler tudo e fazer-se passar pelo servidor.</translation>
    </message>
    <message>
        <source>Whoever looks after the LMS&apos;s own migrations has to merge them; nothing is offered here.</source>
        <translation>Quem cuida das migrações do próprio LMS tem de as juntar; aqui não se propõe nada.</translation>
    </message>
    <message>
        <source>Whoever should get them is not there any more.</source>
        <translation>Quem os devia receber já não existe.</translation>
    </message>
    <message>
        <source>Whoever works in a revoked session must sign in again. This cannot be undone. Revoke {n}?</source>
        <translation>Quem trabalha numa sessão revogada tem de iniciar sessão de novo. Isto não se pode anular. Revogar {n}?</translation>
    </message>
    <message>
        <source>Whoever writes them has to merge them first.</source>
        <translation>Quem as escreve tem de as juntar primeiro.</translation>
    </message>
    <message>
        <source>Whoever wrote it has to use Alembic&apos;s autocommit_block.</source>
        <translation>Quem a escreveu tem de usar o autocommit_block do Alembic.</translation>
    </message>
    <message>
        <source>Withdraw</source>
        <translation>Anular inscrição</translation>
    </message>
    <message>
        <source>Withdrew {name}.</source>
        <translation>Inscrição anulada: {name}.</translation>
    </message>
    <message>
        <source>Withdrew {n} {things}.</source>
        <translation>{n} {things}: anulação feita.</translation>
    </message>
    <message>
        <source>Without a value, students may take as long as they like.</source>
        <translation>Sem valor, os alunos podem demorar o que quiserem.</translation>
    </message>
    <message>
        <source>Write it like +01:00.</source>
        <translation>Escreva-a assim: +01:00.</translation>
    </message>
    <message>
        <source>Write it like 2026-11-20 10:00.</source>
        <translation>Escreva-o assim: 2026-11-20 10:00.</translation>
    </message>
    <message>
        <source>Write the questions one below the other, with a blank line between them. Below a question come its options: a star begins a right one, a hyphen any other; several may be right. [x] and [ ] do as well, and so do a), b), c) with a line such as “Answer: B”. Accepted short answers are lines that begin with “Answer:”. “True” or “False” on a line of its own makes a statement. A question with nothing below it is an essay.

Points stand in brackets behind the question. Numbers before the questions are left out. An indented line goes on with the option above it. A backslash at the beginning of a line makes it plain text, and a line of nothing but a backslash is an empty line within a question.</source>
        <translation>Escreva as perguntas umas por baixo das outras, com uma linha em branco entre elas. Por baixo de uma pergunta ficam as suas opções: um asterisco começa uma certa, um hífen qualquer outra; podem ser certas várias. [x] e [ ] também servem, e a), b), c) com uma linha como “Answer: B”. As respostas curtas aceites são linhas que começam por “Answer:”. “True” ou “False” numa linha própria faz uma afirmação. Uma pergunta sem nada por baixo é uma composição.

Os pontos ficam entre parênteses a seguir à pergunta. Os números antes das perguntas ficam de fora. Uma linha com avanço continua a opção de cima. Uma barra invertida no início de uma linha torna-a texto simples, e uma linha só com uma barra invertida é uma linha vazia dentro de uma pergunta.</translation>
    </message>
    <message>
        <source>Wrong password</source>
        <translation>Palavra-passe errada</translation>
    </message>
    <message>
        <source>Yes</source>
        <translation>Sim</translation>
    </message>
    <message>
        <source>You cannot deactivate your own account.</source>
        <translation>Não pode desativar a sua própria conta.</translation>
    </message>
    <message>
        <source>You cannot delete your own account.</source>
        <translation>Não pode eliminar a sua própria conta.</translation>
    </message>
    <message>
        <source>You may not use {file}.</source>
        <translation>Não pode usar {file}.</translation>
    </message>
    <message>
        <source>You may see where the database stands.</source>
        <translation>Pode ver onde está a base de dados.</translation>
    </message>
    <message>
        <source>Your account has been deactivated.</source>
        <translation>A sua conta foi desativada.</translation>
    </message>
    <message>
        <source>Your account no longer exists.</source>
        <translation>A sua conta já não existe.</translation>
    </message>
    <message>
        <source>Your connection may not see at which revision this database is.</source>
        <translation>A sua ligação não pode ver em que revisão está esta base de dados.</translation>
    </message>
    <message>
        <source>Your role does not let you take this back: it reaches rows that are not yours to change.</source>
        <translation>O seu perfil não lhe permite repor isto: atinge linhas que não pode alterar.</translation>
    </message>
    <message>
        <source>Your role has changed meanwhile.</source>
        <translation>O seu perfil mudou entretanto.</translation>
    </message>
    <message>
        <source>Your role, “{role}”, has no work here.</source>
        <translation>O seu perfil, “{role}”, não tem aqui trabalho.</translation>
    </message>
    <message>
        <source>Your share of the disk is full: {file} could not be written.</source>
        <translation>A sua quota do disco está cheia: não foi possível escrever {file}.</translation>
    </message>
    <message>
        <source>Your unsaved changes are kept. Please send the details to whoever looks after it.</source>
        <translation>As suas alterações por guardar são conservadas. Envie os pormenores a quem cuida do programa.</translation>
    </message>
    <message>
        <source>Your unsaved changes are kept; save again in a moment.</source>
        <translation>As suas alterações por guardar são conservadas; guarde de novo daqui a pouco.</translation>
    </message>
    <message>
        <source>Your unsaved changes are kept; try again when the server can be reached.</source>
        <translation>As suas alterações por guardar são conservadas; tente de novo quando se chegar ao servidor.</translation>
    </message>
    <message>
        <source>a number of seconds</source>
        <translation>um número de segundos</translation>
    </message>
    <message>
        <source>a value</source>
        <translation>um valor</translation>
    </message>
    <message>
        <source>a whole number</source>
        <translation>um número inteiro</translation>
    </message>
    <message>
        <source>about {number} entries of {place}</source>
        <translation>cerca de {number} registos de {place}</translation>
    </message>
    <message>
        <source>activate</source>
        <translation>ativar</translation>
    </message>
    <message>
        <source>add</source>
        <translation>adicionar</translation>
    </message>
    <message>
        <source>administrator</source>
        <translation>administrador</translation>
    </message>
    <message>
        <source>at least</source>
        <translation>pelo menos</translation>
    </message>
    <message>
        <source>at most</source>
        <translation>no máximo</translation>
    </message>
    <message>
        <source>attempt</source>
        <translation>tentativa</translation>
    </message>
    <message>
        <source>attempts</source>
        <translation>tentativas</translation>
    </message>
    <message>
        <source>base</source>
        <translation>base</translation>
    </message>
    <message>
        <source>before</source>
        <translation>antes de</translation>
    </message>
    <message>
        <source>begins with</source>
        <translation>começa por</translation>
    </message>
    <message>
        <source>byte-order mark</source>
        <translation>marca de ordem de bytes</translation>
    </message>
    <message>
        <source>carriage return</source>
        <translation>retorno do carro</translation>
    </message>
    <message>
        <source>certificate</source>
        <translation>certificado</translation>
    </message>
    <message>
        <source>certificates</source>
        <translation>certificados</translation>
    </message>
    <message>
        <source>change</source>
        <translation>alterar</translation>
    </message>
    <message>
        <source>change in the change log</source>
        <translation>alteração no registo de alterações</translation>
    </message>
    <message>
        <source>changed</source>
        <translation>alterado</translation>
    </message>
    <message>
        <source>changes in the change log</source>
        <translation>alterações no registo de alterações</translation>
    </message>
    <message>
        <source>clean up</source>
        <translation>limpar</translation>
    </message>
    <message>
        <source>contains</source>
        <translation>contém</translation>
    </message>
    <message>
        <source>counting {things}…</source>
        <translation>a contar {things}…</translation>
    </message>
    <message>
        <source>course</source>
        <translation>curso</translation>
    </message>
    <message>
        <source>courses</source>
        <translation>cursos</translation>
    </message>
    <message>
        <source>deactivate</source>
        <translation>desativar</translation>
    </message>
    <message>
        <source>delete</source>
        <translation>eliminar</translation>
    </message>
    <message>
        <source>deleted record</source>
        <translation>registo eliminado</translation>
    </message>
    <message>
        <source>e-mail</source>
        <translation>e-mail</translation>
    </message>
    <message>
        <source>encrypted, not verified</source>
        <translation>cifrada, não verificada</translation>
    </message>
    <message>
        <source>enrollment</source>
        <translation>inscrição</translation>
    </message>
    <message>
        <source>enrollments</source>
        <translation>inscrições</translation>
    </message>
    <message>
        <source>finishing…</source>
        <translation>a terminar…</translation>
    </message>
    <message>
        <source>from … on</source>
        <translation>a partir de …</translation>
    </message>
    <message>
        <source>from … to</source>
        <translation>de … a</translation>
    </message>
    <message>
        <source>has a value</source>
        <translation>tem um valor</translation>
    </message>
    <message>
        <source>has no value</source>
        <translation>não tem valor</translation>
    </message>
    <message>
        <source>in the last</source>
        <translation>nos últimos</translation>
    </message>
    <message>
        <source>instructor</source>
        <translation>docente</translation>
    </message>
    <message>
        <source>is</source>
        <translation>é</translation>
    </message>
    <message>
        <source>is none of</source>
        <translation>não é nenhum de</translation>
    </message>
    <message>
        <source>is not</source>
        <translation>não é</translation>
    </message>
    <message>
        <source>is one of</source>
        <translation>é um de</translation>
    </message>
    <message>
        <source>left-to-right mark</source>
        <translation>marca da esquerda para a direita</translation>
    </message>
    <message>
        <source>lesson</source>
        <translation>lição</translation>
    </message>
    <message>
        <source>lesson progress</source>
        <translation>progresso na lição</translation>
    </message>
    <message>
        <source>lesson&apos;s progress</source>
        <translation>progresso numa lição</translation>
    </message>
    <message>
        <source>lessons</source>
        <translation>lições</translation>
    </message>
    <message>
        <source>lessons&apos; progress</source>
        <translation>progressos em lições</translation>
    </message>
    <message>
        <source>line break</source>
        <translation>quebra de linha</translation>
    </message>
    <message>
        <source>line separator</source>
        <translation>separador de linhas</translation>
    </message>
    <message>
        <source>local</source>
        <translation>local</translation>
    </message>
    <message>
        <source>migration on record</source>
        <translation>migração registada</translation>
    </message>
    <message>
        <source>migrations on record</source>
        <translation>migrações registadas</translation>
    </message>
    <message>
        <source>min</source>
        <translation>min</translation>
    </message>
    <message>
        <source>name</source>
        <translation>nome</translation>
    </message>
    <message>
        <source>no more signing in; all that they did stays, and they can be activated again.</source>
        <translation>deixa de poder iniciar sessão; tudo o que fez fica, e a conta pode ser ativada de novo.</translation>
    </message>
    <message>
        <source>number</source>
        <translation>número</translation>
    </message>
    <message>
        <source>operation</source>
        <translation>operação</translation>
    </message>
    <message>
        <source>operation in the change log</source>
        <translation>operação no registo de alterações</translation>
    </message>
    <message>
        <source>operations in the change log</source>
        <translation>operações no registo de alterações</translation>
    </message>
    <message>
        <source>paragraph separator</source>
        <translation>separador de parágrafos</translation>
    </message>
    <message>
        <source>people</source>
        <translation>pessoas</translation>
    </message>
    <message>
        <source>person</source>
        <translation>pessoa</translation>
    </message>
    <message>
        <source>pg_dump was not found, or is older than the server.</source>
        <translation>O pg_dump não foi encontrado, ou é mais antigo do que o servidor.</translation>
    </message>
    <message>
        <source>progress</source>
        <translation>progressos</translation>
    </message>
    <message>
        <source>progress records</source>
        <translation>registos de progresso</translation>
    </message>
    <message>
        <source>publish</source>
        <translation>publicar</translation>
    </message>
    <message>
        <source>question</source>
        <translation>pergunta</translation>
    </message>
    <message>
        <source>questions</source>
        <translation>perguntas</translation>
    </message>
    <message>
        <source>quiz</source>
        <translation>questionário</translation>
    </message>
    <message>
        <source>quiz attempt</source>
        <translation>tentativa de questionário</translation>
    </message>
    <message>
        <source>quiz attempts</source>
        <translation>tentativas de questionários</translation>
    </message>
    <message>
        <source>quiz question</source>
        <translation>pergunta de questionário</translation>
    </message>
    <message>
        <source>quiz questions</source>
        <translation>perguntas de questionários</translation>
    </message>
    <message>
        <source>quizzes</source>
        <translation>questionários</translation>
    </message>
    <message>
        <source>record</source>
        <translation>registo</translation>
    </message>
    <message>
        <source>records</source>
        <translation>registos</translation>
    </message>
    <message>
        <source>refresh tokens that are expired and revoked</source>
        <translation>tokens de renovação expirados e revogados</translation>
    </message>
    <message>
        <source>refresh tokens that expired more than 30 days ago</source>
        <translation>tokens de renovação expirados há mais de 30 dias</translation>
    </message>
    <message>
        <source>registrar</source>
        <translation>secretaria</translation>
    </message>
    <message>
        <source>regrade</source>
        <translation>reavaliar</translation>
    </message>
    <message>
        <source>reprint</source>
        <translation>reimprimir</translation>
    </message>
    <message>
        <source>revoke</source>
        <translation>revogar</translation>
    </message>
    <message>
        <source>right-to-left mark</source>
        <translation>marca da direita para a esquerda</translation>
    </message>
    <message>
        <source>see</source>
        <translation>ver</translation>
    </message>
    <message>
        <source>session</source>
        <translation>sessão</translation>
    </message>
    <message>
        <source>sessions</source>
        <translation>sessões</translation>
    </message>
    <message>
        <source>set password</source>
        <translation>definir a palavra-passe</translation>
    </message>
    <message>
        <source>sign-in</source>
        <translation>início de sessão</translation>
    </message>
    <message>
        <source>sign-in on record</source>
        <translation>início de sessão registado</translation>
    </message>
    <message>
        <source>sign-ins on record</source>
        <translation>inícios de sessão registados</translation>
    </message>
    <message>
        <source>soft hyphen</source>
        <translation>hífen opcional</translation>
    </message>
    <message>
        <source>some of the rows of {place}</source>
        <translation>parte das linhas de {place}</translation>
    </message>
    <message>
        <source>student</source>
        <translation>aluno</translation>
    </message>
    <message>
        <source>students no longer see it; everything in it stays, and it can be published again.</source>
        <translation>os alunos deixam de o ver; tudo o que contém fica, e pode ser publicado de novo.</translation>
    </message>
    <message>
        <source>switched-on two-step sign-in</source>
        <translation>acesso em dois passos ligado</translation>
    </message>
    <message>
        <source>switched-on two-step sign-ins</source>
        <translation>acessos em dois passos ligados</translation>
    </message>
    <message>
        <source>tab</source>
        <translation>tabulação</translation>
    </message>
    <message>
        <source>the file</source>
        <translation>o ficheiro</translation>
    </message>
    <message>
        <source>title</source>
        <translation>título</translation>
    </message>
    <message>
        <source>unencrypted</source>
        <translation>não cifrada</translation>
    </message>
    <message>
        <source>unpublish</source>
        <translation>retirar a publicação</translation>
    </message>
    <message>
        <source>verified TLS</source>
        <translation>TLS verificado</translation>
    </message>
    <message>
        <source>verified e-mail date</source>
        <translation>data de confirmação de e-mail</translation>
    </message>
    <message>
        <source>verified e-mail dates</source>
        <translation>datas de confirmação de e-mail</translation>
    </message>
    <message>
        <source>what stands in {place}; how much that is could not be counted</source>
        <translation>o que está em {place}; não se conseguiu contar quanto é</translation>
    </message>
    <message>
        <source>whatever {revision} takes away: its SQL depends on the database</source>
        <translation>o que quer que {revision} retire: o seu SQL depende da base de dados</translation>
    </message>
    <message>
        <source>zero-width space</source>
        <translation>espaço de largura zero</translation>
    </message>
    <message>
        <source>{0} begins with “{1}”</source>
        <translation>{0} começa por “{1}”</translation>
    </message>
    <message>
        <source>{0} contains “{1}”</source>
        <translation>{0} contém “{1}”</translation>
    </message>
    <message>
        <source>{0}: any</source>
        <translation>{0}: qualquer</translation>
    </message>
    <message>
        <source>{0}: at least {1}</source>
        <translation>{0}: pelo menos {1}</translation>
    </message>
    <message>
        <source>{0}: at most {1}</source>
        <translation>{0}: no máximo {1}</translation>
    </message>
    <message>
        <source>{0}: before {1}</source>
        <translation>{0}: antes de {1}</translation>
    </message>
    <message>
        <source>{0}: from {1} on</source>
        <translation>{0}: a partir de {1}</translation>
    </message>
    <message>
        <source>{0}: none</source>
        <translation>{0}: nenhum</translation>
    </message>
    <message>
        <source>{0}: not {1}</source>
        <translation>{0}: não {1}</translation>
    </message>
    <message>
        <source>{0}: {1}</source>
        <translation>{0}: {1}</translation>
    </message>
    <message>
        <source>{0}: {1} – {2}</source>
        <translation>{0}: {1} – {2}</translation>
    </message>
    <message>
        <source>{count} certificates hang on this, and certificates are kept for ever.</source>
        <translation>Dependem disto {count} certificados, e os certificados guardam-se para sempre.</translation>
    </message>
    <message>
        <source>{count} rows are selected; something is done to at most {most} at one time. Nothing was done.</source>
        <translation>Estão selecionadas {count} linhas; só se pode agir sobre {most} de cada vez, no máximo. Nada foi feito.</translation>
    </message>
    <message>
        <source>{course}: {problem}</source>
        <translation>{course}: {problem}</translation>
    </message>
    <message>
        <source>{field} cannot be filtered that way.</source>
        <translation>Não se pode filtrar {field} dessa forma.</translation>
    </message>
    <message>
        <source>{field} cannot be sorted by.</source>
        <translation>Não se pode ordenar por {field}.</translation>
    </message>
    <message>
        <source>{field} is needed.</source>
        <translation>{field} é necessário.</translation>
    </message>
    <message>
        <source>{field}: rows are not looked for by typing in this order.</source>
        <translation>{field}: nesta ordem não se procuram linhas ao escrever.</translation>
    </message>
    <message>
        <source>{file} is a folder.</source>
        <translation>{file} é uma pasta.</translation>
    </message>
    <message>
        <source>{file} is not in a folder.</source>
        <translation>{file} não está numa pasta.</translation>
    </message>
    <message>
        <source>{file} is not there.</source>
        <translation>{file} não existe.</translation>
    </message>
    <message>
        <source>{file} is on a disk that can only be read.</source>
        <translation>{file} está num disco só de leitura.</translation>
    </message>
    <message>
        <source>{file} is there already.</source>
        <translation>{file} já existe.</translation>
    </message>
    <message>
        <source>{kind} questions are not known here: this one was left out.</source>
        <translation>As perguntas do tipo {kind} não são aqui conhecidas: esta ficou de fora.</translation>
    </message>
    <message>
        <source>{most}; {last}</source>
        <translation>{most}; {last}</translation>
    </message>
    <message>
        <source>{name} has a new password. Sessions open on the web stay open until they end or are revoked.</source>
        <translation>{name} tem uma nova palavra-passe. As sessões abertas na web ficam abertas até terminarem ou serem revogadas.</translation>
    </message>
    <message>
        <source>{name} is no longer yours to change: it was moved or handed over, and {more} more. Nothing was saved; your edits are still here.</source>
        <translation>{name}: já não pode alterá-lo, foi movido ou entregue, e mais {more}. Nada foi guardado; as suas edições ainda cá estão.</translation>
    </message>
    <message>
        <source>{name} is no longer yours to change: it was moved or handed over. Nothing was saved; your edits are here.</source>
        <translation>{name}: já não pode alterá-lo, foi movido ou entregue. Nada foi guardado; as suas edições ainda cá estão.</translation>
    </message>
    <message>
        <source>{name} is the first administrator.</source>
        <translation>{name} é o primeiro administrador.</translation>
    </message>
    <message>
        <source>{name} was changed by somebody else meanwhile ({fields}), and {more} more. Nothing was saved; your edits are still here.</source>
        <translation>{name}: alterado entretanto por outra pessoa ({fields}), e mais {more}. Nada foi guardado; as suas edições ainda cá estão.</translation>
    </message>
    <message>
        <source>{name} was changed by somebody else meanwhile ({fields}). Nothing was saved; your edits are still here.</source>
        <translation>{name}: alterado entretanto por outra pessoa ({fields}). Nada foi guardado; as suas edições ainda cá estão.</translation>
    </message>
    <message>
        <source>{name} was changed by somebody else meanwhile, and {more} more. Nothing was saved; your edits are still here.</source>
        <translation>{name}: alterado entretanto por outra pessoa, e mais {more}. Nada foi guardado; as suas edições ainda cá estão.</translation>
    </message>
    <message>
        <source>{name} was changed by somebody else meanwhile. Nothing was saved; your edits are still here.</source>
        <translation>{name}: alterado entretanto por outra pessoa. Nada foi guardado; as suas edições ainda cá estão.</translation>
    </message>
    <message>
        <source>{name} was deleted by somebody else meanwhile, and {more} more. Nothing was saved; your edits are still here.</source>
        <translation>{name}: eliminado entretanto por outra pessoa, e mais {more}. Nada foi guardado; as suas edições ainda cá estão.</translation>
    </message>
    <message>
        <source>{name} was deleted by somebody else meanwhile. Nothing was saved; your edits are still here.</source>
        <translation>{name}: eliminado entretanto por outra pessoa. Nada foi guardado; as suas edições ainda cá estão.</translation>
    </message>
    <message>
        <source>{number} rows of {place}</source>
        <translation>{number} linhas de {place}</translation>
    </message>
    <message>
        <source>{number} values of {place}</source>
        <translation>{number} valores de {place}</translation>
    </message>
    <message>
        <source>{n} of {whole} results are written.</source>
        <translation>{n} de {whole} resultados estão escritos.</translation>
    </message>
    <message>
        <source>{person} may not open the page “{page}”.</source>
        <translation>{person} não pode abrir a página “{page}”.</translation>
    </message>
    <message>
        <source>{said} {note}</source>
        <translation>{said} {note}</translation>
    </message>
    <message>
        <source>{things}…</source>
        <translation>{things}…</translation>
    </message>
    <message>
        <source>{value} cannot be compared with {field}.</source>
        <translation>{value} não se pode comparar com {field}.</translation>
    </message>
    <message>
        <source>{what}</source>
        <translation>{what}</translation>
    </message>
    <message>
        <source>{who}, process {pid}, for {seconds} s</source>
        <translation>{who}, processo {pid}, há {seconds} s</translation>
    </message>
    <message>
        <source>{who}, process {pid}, holds {tables} ({state}, {seconds} s)</source>
        <translation>{who}, processo {pid}, ocupa {tables} ({state}, {seconds} s)</translation>
    </message>
    <message>
        <source>“{column}” of this {thing} may not be left empty.</source>
        <translation>“{column}” não pode ficar vazio ({thing}).</translation>
    </message>
</context>
<context>
    <name>AboutDialog</name>
    <message>
        <source>About LMS Desktop</source>
        <translation>Acerca do LMS Desktop</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Fechar</translation>
    </message>
    <message>
        <source>Copied</source>
        <translation>Copiado</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>Copiar</translation>
    </message>
    <message>
        <source>Database</source>
        <translation>Base de dados</translation>
    </message>
    <message>
        <source>Log</source>
        <translation>Registo</translation>
    </message>
    <message>
        <source>Open the log&apos;s folder</source>
        <translation>Abrir a pasta do registo</translation>
    </message>
    <message>
        <source>Schema</source>
        <translation>Esquema</translation>
    </message>
    <message>
        <source>System</source>
        <translation>Sistema</translation>
    </message>
    <message>
        <source>Version</source>
        <translation>Versão</translation>
    </message>
</context>
<context>
    <name>Addresses</name>
    <message>
        <source>Close</source>
        <translation>Fechar</translation>
    </message>
    <message>
        <source>It names a file on the school&apos;s own site, which is not known here.</source>
        <translation>Indica um ficheiro no site da própria escola, que aqui não é conhecido.</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>Abrir</translation>
    </message>
    <message>
        <source>Open this address in the browser?</source>
        <translation>Abrir este endereço no navegador?</translation>
    </message>
    <message>
        <source>This address is not opened</source>
        <translation>Este endereço não é aberto</translation>
    </message>
</context>
<context>
    <name>AnswerBars</name>
    <message numerus="yes">
        <source>%n other answer(s)</source>
        <translation>
            <numerusform>%n outra resposta</numerusform>
            <numerusform>%n outras respostas</numerusform>
        </translation>
    </message>
    <message>
        <source>How students answered</source>
        <translation>Como responderam os alunos</translation>
    </message>
    <message>
        <source>no answer</source>
        <translation>sem resposta</translation>
    </message>
</context>
<context>
    <name>AnswerCard</name>
    <message>
        <source>A person decides</source>
        <translation>Decide uma pessoa</translation>
    </message>
    <message>
        <source>Answer given</source>
        <translation>Resposta dada</translation>
    </message>
    <message>
        <source>Any of these is right</source>
        <translation>Qualquer destas está certa</translation>
    </message>
    <message>
        <source>False</source>
        <translation>Falso</translation>
    </message>
    <message>
        <source>No answer</source>
        <translation>Sem resposta</translation>
    </message>
    <message>
        <source>None is set</source>
        <translation>Nenhuma está definida</translation>
    </message>
    <message>
        <source>Not answered, {0}</source>
        <translation>Sem resposta, {0}</translation>
    </message>
    <message numerus="yes">
        <source>Not marked by itself, %n point(s)</source>
        <translation>
            <numerusform>Não se corrige por si, %n ponto</numerusform>
            <numerusform>Não se corrige por si, %n pontos</numerusform>
        </translation>
    </message>
    <message>
        <source>Question {0}</source>
        <translation>Pergunta {0}</translation>
    </message>
    <message>
        <source>Right answer</source>
        <translation>Resposta certa</translation>
    </message>
    <message>
        <source>Right answers</source>
        <translation>Respostas certas</translation>
    </message>
    <message>
        <source>Right, {0}</source>
        <translation>Certa, {0}</translation>
    </message>
    <message>
        <source>True</source>
        <translation>Verdadeiro</translation>
    </message>
    <message>
        <source>Wrong, {0}</source>
        <translation>Errada, {0}</translation>
    </message>
    <message numerus="yes">
        <source>{0} of %n point(s)</source>
        <translation>
            <numerusform>{0} de %n ponto</numerusform>
            <numerusform>{0} de %n pontos</numerusform>
        </translation>
    </message>
    <message>
        <source>{0}: {1} {2}. Given: {3}. Right: {4}</source>
        <translation>{0}: {1} {2}. Dada: {3}. Certa: {4}</translation>
    </message>
</context>
<context>
    <name>AnsweredGuard</name>
    <message numerus="yes">
        <source>%n attempt(s) answered it</source>
        <translation>
            <numerusform>%n tentativa respondeu-lhe</numerusform>
            <numerusform>%n tentativas responderam-lhe</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n attempt(s) were marked by the former answer.</source>
        <translation>
            <numerusform>%n tentativa foi avaliada pela resposta anterior.</numerusform>
            <numerusform>%n tentativas foram avaliadas pela resposta anterior.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Change the meaning of %n answered question(s)?</source>
        <translation>
            <numerusform>Alterar o sentido de %n pergunta respondida?</numerusform>
            <numerusform>Alterar o sentido de %n perguntas respondidas?</numerusform>
        </translation>
    </message>
    <message>
        <source>Finding out who answered</source>
        <translation>A ver quem respondeu</translation>
    </message>
    <message>
        <source>Go on editing</source>
        <translation>Continuar a editar</translation>
    </message>
    <message>
        <source>Results stay as they are until the attempts are regraded, which is offered afterwards.</source>
        <translation>Os resultados ficam como estão até as tentativas serem reavaliadas, o que se propõe a seguir.</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>Guardar</translation>
    </message>
    <message numerus="yes">
        <source>and %n more</source>
        <translation>
            <numerusform>e mais %n</numerusform>
            <numerusform>e mais %n</numerusform>
        </translation>
    </message>
    <message>
        <source>the meaning</source>
        <translation>o sentido</translation>
    </message>
    <message>
        <source>the options</source>
        <translation>as opções</translation>
    </message>
    <message>
        <source>the points</source>
        <translation>os pontos</translation>
    </message>
    <message>
        <source>the quiz</source>
        <translation>o questionário</translation>
    </message>
    <message>
        <source>the right answer</source>
        <translation>a resposta certa</translation>
    </message>
    <message>
        <source>the type</source>
        <translation>o tipo</translation>
    </message>
    <message>
        <source>“{0}”: this changes {1}; {2}.</source>
        <translation>“{0}”: isto altera {1}; {2}.</translation>
    </message>
</context>
<context>
    <name>Answers</name>
    <message>
        <source>Accepted answers: any of them is right, capitals and blanks apart</source>
        <translation>Respostas aceites: qualquer delas está certa, sem contar maiúsculas e espaços</translation>
    </message>
    <message>
        <source>Answer</source>
        <translation>Resposta</translation>
    </message>
    <message>
        <source>Options: tick those that are right</source>
        <translation>Opções: assinale as que estão certas</translation>
    </message>
    <message>
        <source>Right answer</source>
        <translation>Resposta certa</translation>
    </message>
    <message>
        <source>Show as answers</source>
        <translation>Mostrar como respostas</translation>
    </message>
    <message>
        <source>Show as written</source>
        <translation>Mostrar como está escrito</translation>
    </message>
    <message>
        <source>Students write freely. It is marked by hand: no answer is right or wrong by itself.</source>
        <translation>Os alunos escrevem livremente. Corrige-se à mão: nenhuma resposta está por si certa ou errada.</translation>
    </message>
    <message>
        <source>These are too many to be shown one by one; they can be edited as they are written.</source>
        <translation>São de mais para mostrar uma a uma; podem editar-se tal como estão escritas.</translation>
    </message>
    <message>
        <source>not saved</source>
        <translation>por guardar</translation>
    </message>
</context>
<context>
    <name>ApplyDialog</name>
    <message>
        <source>A revision commits in its midst: what is done before a failure stays.</source>
        <translation>Uma revisão confirma a meio: o que foi feito antes de uma falha fica.</translation>
    </message>
    <message>
        <source>All of it is done in one transaction, or nothing.</source>
        <translation>Faz-se tudo numa transação, ou nada.</translation>
    </message>
    <message numerus="yes">
        <source>Apply %n revision(s) to {0}?</source>
        <translation>
            <numerusform>Aplicar %n revisão a {0}?</numerusform>
            <numerusform>Aplicar %n revisões a {0}?</numerusform>
        </translation>
    </message>
    <message>
        <source>Apply revisions</source>
        <translation>Aplicar revisões</translation>
    </message>
    <message>
        <source>Apply {0}</source>
        <translation>Aplicar {0}</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Cancelar</translation>
    </message>
    <message>
        <source>First the database is saved to {0}.</source>
        <translation>Primeiro guarda-se a base de dados em {0}.</translation>
    </message>
    <message>
        <source>It waits at most {0} s for a table and tries {1} times. You can cancel at any time.</source>
        <translation>Espera no máximo {0} s por uma tabela e tenta {1} vezes. Pode cancelar a qualquer momento.</translation>
    </message>
    <message>
        <source>The database is not saved first.</source>
        <translation>A base de dados não é guardada primeiro.</translation>
    </message>
</context>
<context>
    <name>AttemptDetail</name>
    <message>
        <source>A student who is no longer there</source>
        <translation>Um aluno que já não existe</translation>
    </message>
    <message>
        <source>Answers of the attempt</source>
        <translation>Respostas da tentativa</translation>
    </message>
    <message>
        <source>Answers to questions that are no longer there:</source>
        <translation>Respostas a perguntas que já não existem:</translation>
    </message>
    <message>
        <source>By the questions as they are now, these answers would get {0} %.</source>
        <translation>Pelas perguntas como estão agora, estas respostas teriam {0} %.</translation>
    </message>
    <message>
        <source>No answer is kept that belongs to a question of this quiz.</source>
        <translation>Não se conserva nenhuma resposta que pertença a uma pergunta deste questionário.</translation>
    </message>
    <message>
        <source>No score yet</source>
        <translation>Ainda sem classificação</translation>
    </message>
    <message>
        <source>Not passed</source>
        <translation>Não aprovado</translation>
    </message>
    <message>
        <source>Passed</source>
        <translation>Aprovado</translation>
    </message>
    <message>
        <source>Reading the attempt…</source>
        <translation>A ler a tentativa…</translation>
    </message>
    <message>
        <source>Select an attempt to see its answers beside the right ones.</source>
        <translation>Selecione uma tentativa para ver as suas respostas ao lado das certas.</translation>
    </message>
    <message>
        <source>Started {0}, under way</source>
        <translation>Começada {0}, em curso</translation>
    </message>
    <message>
        <source>These answers are kept by place: they belong to these questions only if none was moved.</source>
        <translation>Estas respostas estão guardadas por posição: só pertencem a estas perguntas se nenhuma foi movida.</translation>
    </message>
    <message>
        <source>This attempt is no longer there.</source>
        <translation>Esta tentativa já não existe.</translation>
    </message>
    <message>
        <source>{0} % of the points</source>
        <translation>{0} % dos pontos</translation>
    </message>
    <message>
        <source>{0} to {1}</source>
        <translation>{0} a {1}</translation>
    </message>
    <message>
        <source>{0} to {1}, {2} min</source>
        <translation>{0} a {1}, {2} min</translation>
    </message>
</context>
<context>
    <name>BackupRow</name>
    <message>
        <source>Back up with pg_dump to</source>
        <translation>Guardar com pg_dump em</translation>
    </message>
    <message>
        <source>Back up with pg_dump to {0}</source>
        <translation>Guardar com pg_dump em {0}</translation>
    </message>
    <message>
        <source>Change…</source>
        <translation>Alterar…</translation>
    </message>
    <message>
        <source>Choose the file of the backup…</source>
        <translation>Escolher o ficheiro da cópia de segurança…</translation>
    </message>
    <message>
        <source>Dumps of pg_dump (*.dump)</source>
        <translation>Cópias do pg_dump (*.dump)</translation>
    </message>
    <message>
        <source>Save the database as</source>
        <translation>Guardar a base de dados como</translation>
    </message>
    <message>
        <source>at most about {0}</source>
        <translation>máx. cerca de {0}</translation>
    </message>
    <message>
        <source>pg_dump was not found, or is older than the server</source>
        <translation>o pg_dump não foi encontrado, ou é mais antigo do que o servidor</translation>
    </message>
</context>
<context>
    <name>Banner</name>
    <message>
        <source>Put this notice away</source>
        <translation>Fechar este aviso</translation>
    </message>
</context>
<context>
    <name>Beginning</name>
    <message>
        <source>Your role may not change this course.</source>
        <translation>O seu perfil não pode alterar este curso.</translation>
    </message>
</context>
<context>
    <name>CardActions</name>
    <message numerus="yes">
        <source>%n lesson(s)</source>
        <translation>
            <numerusform>%n lição</numerusform>
            <numerusform>%n lições</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n question(s)</source>
        <translation>
            <numerusform>%n pergunta</numerusform>
            <numerusform>%n perguntas</numerusform>
        </translation>
    </message>
    <message>
        <source>Add lesson</source>
        <translation>Adicionar lição</translation>
    </message>
    <message>
        <source>Add question</source>
        <translation>Adicionar pergunta</translation>
    </message>
    <message>
        <source>Add quiz</source>
        <translation>Adicionar questionário</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>Copiar</translation>
    </message>
    <message>
        <source>Copy to another course</source>
        <translation>Copiar para outro curso</translation>
    </message>
    <message>
        <source>Copy to another course…</source>
        <translation>Copiar para outro curso…</translation>
    </message>
    <message>
        <source>Copy to another quiz</source>
        <translation>Copiar para outro questionário</translation>
    </message>
    <message>
        <source>Copy to another quiz…</source>
        <translation>Copiar para outro questionário…</translation>
    </message>
    <message>
        <source>Copying</source>
        <translation>A copiar</translation>
    </message>
    <message>
        <source>Delete…</source>
        <translation>Eliminar…</translation>
    </message>
    <message>
        <source>Discard</source>
        <translation>Descartar</translation>
    </message>
    <message>
        <source>Duplicate</source>
        <translation>Duplicar</translation>
    </message>
    <message>
        <source>Insert lesson after</source>
        <translation>Inserir lição depois</translation>
    </message>
    <message>
        <source>Insert lesson before</source>
        <translation>Inserir lição antes</translation>
    </message>
    <message>
        <source>Insert question after</source>
        <translation>Inserir pergunta depois</translation>
    </message>
    <message>
        <source>Insert question before</source>
        <translation>Inserir pergunta antes</translation>
    </message>
    <message>
        <source>Move</source>
        <translation>Mover</translation>
    </message>
    <message>
        <source>Move down</source>
        <translation>Mover para baixo</translation>
    </message>
    <message>
        <source>Move to another course</source>
        <translation>Mover para outro curso</translation>
    </message>
    <message>
        <source>Move to another course…</source>
        <translation>Mover para outro curso…</translation>
    </message>
    <message>
        <source>Move to another quiz</source>
        <translation>Mover para outro questionário</translation>
    </message>
    <message>
        <source>Move to another quiz…</source>
        <translation>Mover para outro questionário…</translation>
    </message>
    <message>
        <source>Move to position…</source>
        <translation>Mover para a posição…</translation>
    </message>
    <message>
        <source>Move to the beginning</source>
        <translation>Mover para o início</translation>
    </message>
    <message>
        <source>Move to the end</source>
        <translation>Mover para o fim</translation>
    </message>
    <message>
        <source>Move up</source>
        <translation>Mover para cima</translation>
    </message>
    <message>
        <source>Moving</source>
        <translation>A mover</translation>
    </message>
    <message>
        <source>Nothing can be arranged here with your role</source>
        <translation>Com o seu perfil nada se pode ordenar aqui</translation>
    </message>
    <message>
        <source>Putting in order</source>
        <translation>A pôr em ordem</translation>
    </message>
    <message>
        <source>Save it first: what is not saved yet cannot be copied.</source>
        <translation>Guarde primeiro: o que ainda não está guardado não pode ser copiado.</translation>
    </message>
    <message>
        <source>Save it first: what is not saved yet stays in its list.</source>
        <translation>Guarde primeiro: o que ainda não está guardado fica na sua lista.</translation>
    </message>
    <message>
        <source>Sort lessons by title</source>
        <translation>Ordenar lições por título</translation>
    </message>
    <message>
        <source>Sort questions by text</source>
        <translation>Ordenar perguntas por texto</translation>
    </message>
    <message>
        <source>Sorting</source>
        <translation>A ordenar</translation>
    </message>
    <message>
        <source>the course itself</source>
        <translation>o próprio curso</translation>
    </message>
    <message>
        <source>“{0}” cannot go further.</source>
        <translation>“{0}” não pode ir mais longe.</translation>
    </message>
    <message>
        <source>“{0}” is now {1} of {2}.</source>
        <translation>“{0}” é agora {1} de {2}.</translation>
    </message>
    <message>
        <source>“{0}” now belongs to {1}.</source>
        <translation>Novo lugar de “{0}”: {1}.</translation>
    </message>
</context>
<context>
    <name>CardDeleting</name>
    <message>
        <source>Counting what hangs on it</source>
        <translation>A contar o que depende disto</translation>
    </message>
    <message>
        <source>Deleting</source>
        <translation>A eliminar</translation>
    </message>
</context>
<context>
    <name>CardMaker</name>
    <message numerus="yes">
        <source>%n minute(s)</source>
        <translation>
            <numerusform>%n minuto</numerusform>
            <numerusform>%n minutos</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n point(s)</source>
        <translation>
            <numerusform>%n ponto</numerusform>
            <numerusform>%n pontos</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n question(s)</source>
        <translation>
            <numerusform>%n pergunta</numerusform>
            <numerusform>%n perguntas</numerusform>
        </translation>
    </message>
    <message>
        <source>Lesson {0} of {1}</source>
        <translation>Lição {0} de {1}</translation>
    </message>
    <message>
        <source>New lesson</source>
        <translation>Nova lição</translation>
    </message>
    <message>
        <source>New question</source>
        <translation>Nova pergunta</translation>
    </message>
    <message>
        <source>New quiz</source>
        <translation>Novo questionário</translation>
    </message>
    <message>
        <source>No text yet</source>
        <translation>Ainda sem texto</translation>
    </message>
    <message>
        <source>Question {0} of {1}</source>
        <translation>Pergunta {0} de {1}</translation>
    </message>
    <message>
        <source>Quiz</source>
        <translation>Questionário</translation>
    </message>
    <message>
        <source>Quizzes of the course</source>
        <translation>Questionários do curso</translation>
    </message>
    <message>
        <source>Untitled</source>
        <translation>Sem título</translation>
    </message>
    <message>
        <source>draft</source>
        <translation>rascunho</translation>
    </message>
    <message>
        <source>not ready</source>
        <translation>incompleto</translation>
    </message>
    <message>
        <source>not saved yet</source>
        <translation>ainda por guardar</translation>
    </message>
    <message>
        <source>of a lesson of another course</source>
        <translation>de uma lição de outro curso</translation>
    </message>
    <message>
        <source>published</source>
        <translation>publicado</translation>
    </message>
    <message>
        <source>unsaved</source>
        <translation>por guardar</translation>
    </message>
    <message>
        <source>{0} min</source>
        <translation>{0} min</translation>
    </message>
</context>
<context>
    <name>Cell</name>
    <message>
        <source>empty text</source>
        <translation>texto vazio</translation>
    </message>
    <message>
        <source>no value</source>
        <translation>sem valor</translation>
    </message>
    <message>
        <source>{0}, changed by somebody else since you began</source>
        <translation>{0}, alterado por outra pessoa desde que começou</translation>
    </message>
    <message>
        <source>{0}, not saved</source>
        <translation>{0}, por guardar</translation>
    </message>
    <message>
        <source>{0}, refused</source>
        <translation>{0}, recusado</translation>
    </message>
</context>
<context>
    <name>Change</name>
    <message>
        <source>Added</source>
        <translation>Adicionado</translation>
    </message>
    <message>
        <source>Changed</source>
        <translation>Alterado</translation>
    </message>
    <message>
        <source>Deleted</source>
        <translation>Eliminado</translation>
    </message>
    <message>
        <source>No field is told of.</source>
        <translation>Não há campos registados.</translation>
    </message>
</context>
<context>
    <name>ChangeLog</name>
    <message>
        <source>Installing the change log</source>
        <translation>A instalar o registo de alterações</translation>
    </message>
</context>
<context>
    <name>ChangedRowCard</name>
    <message>
        <source>Go to {0}</source>
        <translation>Ir para {0}</translation>
    </message>
</context>
<context>
    <name>Chip</name>
    <message>
        <source>Enter changes it, Delete removes it</source>
        <translation>Enter altera-o, Delete retira-o</translation>
    </message>
    <message>
        <source>Filter: %s</source>
        <translation>Filtro: %s</translation>
    </message>
</context>
<context>
    <name>ChoiceEditor</name>
    <message>
        <source>Choose one from the list.</source>
        <translation>Escolha um da lista.</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>Escolher…</translation>
    </message>
    <message>
        <source>Not among the usual values</source>
        <translation>Não está entre os valores habituais</translation>
    </message>
    <message>
        <source>empty text</source>
        <translation>texto vazio</translation>
    </message>
</context>
<context>
    <name>Clash</name>
    <message>
        <source>Another program</source>
        <translation>Outro programa</translation>
    </message>
    <message>
        <source>This was moved or handed over: it is no longer yours to change.</source>
        <translation>Isto foi movido ou entregue: já não o pode alterar.</translation>
    </message>
    <message>
        <source>{0} and another program</source>
        <translation>{0} e outro programa</translation>
    </message>
    <message>
        <source>{0} changed {1} {2}.</source>
        <translation>{0} alterou {1} ({2}).</translation>
    </message>
    <message>
        <source>{0} changed {1}.</source>
        <translation>{0} alterou {1}.</translation>
    </message>
    <message>
        <source>{0} deleted this {1}.</source>
        <translation>{0} eliminou isto ({1}).</translation>
    </message>
    <message>
        <source>{0} deleted this.</source>
        <translation>{0} eliminou isto.</translation>
    </message>
</context>
<context>
    <name>ClashDetail</name>
    <message>
        <source>Drop my edits</source>
        <translation>Largar as minhas edições</translation>
    </message>
    <message>
        <source>Edit the result of {0}</source>
        <translation>Editar o resultado de {0}</translation>
    </message>
    <message>
        <source>Edit the result…</source>
        <translation>Editar o resultado…</translation>
    </message>
    <message>
        <source>Field</source>
        <translation>Campo</translation>
    </message>
    <message>
        <source>It was deleted: {0}.</source>
        <translation>Foi eliminado: {0}.</translation>
    </message>
    <message>
        <source>It was moved or handed over meanwhile and is no longer yours to change.</source>
        <translation>Foi entretanto movido ou entregue e já não o pode alterar.</translation>
    </message>
    <message>
        <source>Keep mine</source>
        <translation>Manter as minhas</translation>
    </message>
    <message>
        <source>Keep my edits, unsaved</source>
        <translation>Manter as minhas edições, por guardar</translation>
    </message>
    <message>
        <source>Nothing of yours is lost: your edits are below.</source>
        <translation>Nada do seu se perdeu: as suas edições estão em baixo.</translation>
    </message>
    <message>
        <source>Now</source>
        <translation>Agora</translation>
    </message>
    <message>
        <source>Restore it with my edits</source>
        <translation>Restaurar com as minhas edições</translation>
    </message>
    <message>
        <source>Take theirs</source>
        <translation>Aceitar as outras</translation>
    </message>
    <message>
        <source>What stood in {0} is known to nobody here: that would not come back.</source>
        <translation>O que estava em {0} não se sabe aqui: isso não voltaria.</translation>
    </message>
    <message>
        <source>With it went {0}, which an administrator can bring back from the history.</source>
        <translation>Com ele foram {0}; um administrador pode trazê-los de volta a partir do histórico.</translation>
    </message>
    <message>
        <source>With it went {0}; restoring brings back what can come back.</source>
        <translation>Com ele foram {0}; ao restaurar volta o que pode voltar.</translation>
    </message>
    <message>
        <source>You began with</source>
        <translation>Começou com</translation>
    </message>
    <message>
        <source>You want</source>
        <translation>Pretende</translation>
    </message>
    <message>
        <source>another one</source>
        <translation>outro</translation>
    </message>
    <message>
        <source>as it is now</source>
        <translation>como está agora</translation>
    </message>
    <message>
        <source>both changed</source>
        <translation>ambos alterados</translation>
    </message>
    <message>
        <source>both the same</source>
        <translation>ambos iguais</translation>
    </message>
    <message>
        <source>merged by key</source>
        <translation>combinado por chave</translation>
    </message>
    <message>
        <source>merges itself</source>
        <translation>combina-se por si</translation>
    </message>
    <message>
        <source>not there</source>
        <translation>não existe</translation>
    </message>
    <message>
        <source>{0}, the result</source>
        <translation>{0}, o resultado</translation>
    </message>
</context>
<context>
    <name>ClashesModel</name>
    <message>
        <source>Meanwhile</source>
        <translation>Entretanto</translation>
    </message>
    <message>
        <source>Will stand</source>
        <translation>Vai ficar</translation>
    </message>
    <message>
        <source>both changed</source>
        <translation>ambos alterados</translation>
    </message>
    <message>
        <source>deleted</source>
        <translation>eliminado</translation>
    </message>
    <message>
        <source>merges itself</source>
        <translation>combina-se por si</translation>
    </message>
    <message>
        <source>mine</source>
        <translation>as minhas</translation>
    </message>
    <message>
        <source>mine and theirs</source>
        <translation>as minhas e as outras</translation>
    </message>
    <message>
        <source>mine dropped</source>
        <translation>as minhas largadas</translation>
    </message>
    <message>
        <source>mine waits</source>
        <translation>as minhas esperam</translation>
    </message>
    <message>
        <source>of both</source>
        <translation>de ambas</translation>
    </message>
    <message>
        <source>out of reach</source>
        <translation>fora do alcance</translation>
    </message>
    <message>
        <source>restored, with mine</source>
        <translation>restaurado, com as minhas</translation>
    </message>
    <message>
        <source>theirs</source>
        <translation>as outras</translation>
    </message>
</context>
<context>
    <name>Colleagues</name>
    <message>
        <source>Somebody else</source>
        <translation>Outra pessoa</translation>
    </message>
    <message>
        <source>Your move of “{0}” was kept.</source>
        <translation>A sua mudança de “{0}” foi mantida.</translation>
    </message>
    <message>
        <source>just now</source>
        <translation>agora mesmo</translation>
    </message>
    <message numerus="yes">
        <source>{0} added %n rows {1}.</source>
        <translation>
            <numerusform>{0} adicionou %n linha ({1}).</numerusform>
            <numerusform>{0} adicionou %n linhas ({1}).</numerusform>
        </translation>
    </message>
    <message>
        <source>{0} added “{1}” {2}.</source>
        <translation>{0} adicionou “{1}” ({2}).</translation>
    </message>
    <message>
        <source>{0} changed the outline {1}.</source>
        <translation>{0} alterou a estrutura ({1}).</translation>
    </message>
    <message>
        <source>{0} changed “{1}” {2}.</source>
        <translation>{0} alterou “{1}” ({2}).</translation>
    </message>
    <message numerus="yes">
        <source>{0} deleted %n rows {1}.</source>
        <translation>
            <numerusform>{0} eliminou %n linha ({1}).</numerusform>
            <numerusform>{0} eliminou %n linhas ({1}).</numerusform>
        </translation>
    </message>
    <message>
        <source>{0} deleted “{1}” {2}.</source>
        <translation>{0} eliminou “{1}” ({2}).</translation>
    </message>
</context>
<context>
    <name>ConflictDialog</name>
    <message>
        <source>Apply and save</source>
        <translation>Aplicar e guardar</translation>
    </message>
    <message>
        <source>Apply, save later</source>
        <translation>Aplicar, guardar depois</translation>
    </message>
    <message>
        <source>Changed by somebody else meanwhile</source>
        <translation>Alterado entretanto por outra pessoa</translation>
    </message>
    <message>
        <source>Choose what becomes of your edits.</source>
        <translation>Escolha o que acontece às suas edições.</translation>
    </message>
    <message>
        <source>Choose what should stand.</source>
        <translation>Escolha o que deve ficar.</translation>
    </message>
    <message>
        <source>Decide later</source>
        <translation>Decidir depois</translation>
    </message>
    <message>
        <source>Mine for all</source>
        <translation>As minhas em todas</translation>
    </message>
    <message>
        <source>Nothing was saved yet, and nothing is overwritten.</source>
        <translation>Ainda nada foi guardado, e nada é substituído.</translation>
    </message>
    <message>
        <source>Rows that somebody else changed</source>
        <translation>Linhas que outra pessoa alterou</translation>
    </message>
    <message>
        <source>The row in full</source>
        <translation>A linha completa</translation>
    </message>
    <message>
        <source>Theirs for all</source>
        <translation>As outras em todas</translation>
    </message>
    <message numerus="yes">
        <source>While you were editing, %n row(s) were changed. All of them merge by themselves.</source>
        <translation>
            <numerusform>Enquanto editava, foi alterada %n linha. Combina-se por si.</numerusform>
            <numerusform>Enquanto editava, foram alteradas %n linhas. Todas se combinam por si.</numerusform>
        </translation>
    </message>
    <message>
        <source>While you were editing, {0} {1} were changed. For {2} of them you have to choose.</source>
        <translation>Enquanto editava, foram alterados: {0} {1}. Para {2} tem de escolher.</translation>
    </message>
    <message>
        <source>You changed other fields: both will stand.</source>
        <translation>Alterou outros campos: ambos ficam.</translation>
    </message>
</context>
<context>
    <name>Connect</name>
    <message>
        <source>&amp;Address, if you have one to paste</source>
        <translation>&amp;Endereço, se tiver um para colar</translation>
    </message>
    <message>
        <source>&amp;Database</source>
        <translation>&amp;Base de dados</translation>
    </message>
    <message>
        <source>&amp;Encryption</source>
        <translation>&amp;Cifra</translation>
    </message>
    <message>
        <source>&amp;Password</source>
        <translation>&amp;Palavra-passe</translation>
    </message>
    <message>
        <source>&amp;Remember the password in the system&apos;s key store</source>
        <translation>&amp;Memorizar a palavra-passe no cofre de chaves do sistema</translation>
    </message>
    <message>
        <source>&amp;Server</source>
        <translation>&amp;Servidor</translation>
    </message>
    <message>
        <source>&amp;User</source>
        <translation>&amp;Utilizador</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Cancelar</translation>
    </message>
    <message>
        <source>Connect</source>
        <translation>Ligar</translation>
    </message>
    <message>
        <source>Connect to a database</source>
        <translation>Ligar a uma base de dados</translation>
    </message>
    <message>
        <source>P&amp;ort</source>
        <translation>P&amp;orta</translation>
    </message>
    <message>
        <source>Recent</source>
        <translation>Recentes</translation>
    </message>
    <message>
        <source>The school&apos;s PostgreSQL, as its administrator told you.</source>
        <translation>O PostgreSQL da escola, como o administrador lhe indicou.</translation>
    </message>
    <message>
        <source>This system has no key store: the password is asked for each time.</source>
        <translation>Este sistema não tem cofre de chaves: a palavra-passe é pedida de cada vez.</translation>
    </message>
    <message>
        <source>postgresql://name@server:5432/database</source>
        <translation>postgresql://name@server:5432/base</translation>
    </message>
    <message>
        <source>this computer</source>
        <translation>este computador</translation>
    </message>
</context>
<context>
    <name>ConnectScreen</name>
    <message>
        <source>Connect</source>
        <translation>Ligar</translation>
    </message>
    <message>
        <source>Connecting…</source>
        <translation>A ligar…</translation>
    </message>
    <message>
        <source>Forget {0}</source>
        <translation>Esquecer {0}</translation>
    </message>
    <message>
        <source>this computer</source>
        <translation>este computador</translation>
    </message>
    <message>
        <source>{user} on {server}</source>
        <translation>{user} em {server}</translation>
    </message>
</context>
<context>
    <name>Copying</name>
    <message>
        <source>Reading what is selected</source>
        <translation>A ler o que está selecionado</translation>
    </message>
    <message>
        <source>{0} rows are copied.</source>
        <translation>{0} linhas copiadas.</translation>
    </message>
</context>
<context>
    <name>CourseActions</name>
    <message>
        <source>Add question to this quiz</source>
        <translation>Adicionar pergunta a este questionário</translation>
    </message>
    <message>
        <source>Add quiz of the course</source>
        <translation>Adicionar questionário do curso</translation>
    </message>
    <message>
        <source>Add quiz to this lesson</source>
        <translation>Adicionar questionário a esta lição</translation>
    </message>
    <message>
        <source>Add something else</source>
        <translation>Adicionar outra coisa</translation>
    </message>
    <message>
        <source>Choose a quiz that is saved</source>
        <translation>Escolha um questionário já guardado</translation>
    </message>
    <message>
        <source>Course settings</source>
        <translation>Definições do curso</translation>
    </message>
    <message>
        <source>Duplicate course</source>
        <translation>Duplicar curso</translation>
    </message>
    <message>
        <source>Duplicating the course</source>
        <translation>A duplicar o curso</translation>
    </message>
    <message>
        <source>Preview as student</source>
        <translation>Pré-visualizar</translation>
    </message>
    <message>
        <source>Publish</source>
        <translation>Publicar</translation>
    </message>
    <message>
        <source>Show on the page of courses</source>
        <translation>Mostrar na página dos cursos</translation>
    </message>
    <message>
        <source>Unpublish</source>
        <translation>Retirar publicação</translation>
    </message>
    <message>
        <source>What can be done with the course</source>
        <translation>O que se pode fazer com o curso</translation>
    </message>
</context>
<context>
    <name>CourseEditor</name>
    <message>
        <source>Details</source>
        <translation>Pormenores</translation>
    </message>
    <message>
        <source>Overview</source>
        <translation>Visão geral</translation>
    </message>
    <message>
        <source>Progress</source>
        <translation>Progresso</translation>
    </message>
</context>
<context>
    <name>CourseOverview</name>
    <message>
        <source>Duration</source>
        <translation>Duração</translation>
    </message>
    <message numerus="yes">
        <source>Duration, without %n lesson(s)</source>
        <translation>
            <numerusform>Duração, sem %n lição</numerusform>
            <numerusform>Duração, sem %n lições</numerusform>
        </translation>
    </message>
    <message>
        <source>Everything that can be checked is ready.</source>
        <translation>Tudo o que se pode verificar está pronto.</translation>
    </message>
    <message>
        <source>It is still a draft.</source>
        <translation>Ainda é um rascunho.</translation>
    </message>
    <message>
        <source>Lessons</source>
        <translation>Lições</translation>
    </message>
    <message>
        <source>Not ready yet</source>
        <translation>Ainda não está pronto</translation>
    </message>
    <message>
        <source>Questions</source>
        <translation>Perguntas</translation>
    </message>
    <message>
        <source>Quizzes</source>
        <translation>Questionários</translation>
    </message>
    <message numerus="yes">
        <source>Quizzes, %n of them draft(s)</source>
        <translation>
            <numerusform>Questionários, %n deles rascunho</numerusform>
            <numerusform>Questionários, %n deles rascunhos</numerusform>
        </translation>
    </message>
    <message>
        <source>Students</source>
        <translation>Alunos</translation>
    </message>
    <message>
        <source>Students see this course already.</source>
        <translation>Os alunos já veem este curso.</translation>
    </message>
    <message>
        <source>Students see this course.</source>
        <translation>Os alunos veem este curso.</translation>
    </message>
    <message>
        <source>What is not ready yet; Enter goes there</source>
        <translation>O que ainda não está pronto; Enter leva lá</translation>
    </message>
    <message>
        <source>{0} h {1} min</source>
        <translation>{0} h {1} min</translation>
    </message>
    <message>
        <source>{0} min</source>
        <translation>{0} min</translation>
    </message>
</context>
<context>
    <name>CoursePage</name>
    <message>
        <source>The preview shows what is saved. Save first to see your latest changes.</source>
        <translation>A pré-visualização mostra o que está guardado. Guarde primeiro para ver as suas últimas alterações.</translation>
    </message>
</context>
<context>
    <name>CourseParts</name>
    <message numerus="yes">
        <source>%n lesson(s)</source>
        <translation>
            <numerusform>%n lição</numerusform>
            <numerusform>%n lições</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n student(s)</source>
        <translation>
            <numerusform>%n aluno</numerusform>
            <numerusform>%n alunos</numerusform>
        </translation>
    </message>
    <message>
        <source>Course settings</source>
        <translation>Definições do curso</translation>
    </message>
    <message>
        <source>draft</source>
        <translation>rascunho</translation>
    </message>
    <message>
        <source>published</source>
        <translation>publicado</translation>
    </message>
    <message>
        <source>{0} min</source>
        <translation>{0} min</translation>
    </message>
</context>
<context>
    <name>CourseTelling</name>
    <message>
        <source>Somebody else</source>
        <translation>Outra pessoa</translation>
    </message>
    <message>
        <source>{0} changed {1}. You are editing it too: nothing is overwritten.</source>
        <translation>{0} alterou {1}. Também o está a editar: nada é substituído.</translation>
    </message>
    <message>
        <source>{0} deleted {1}. You are editing it too: nothing is overwritten.</source>
        <translation>{0} eliminou {1}. Também o está a editar: nada é substituído.</translation>
    </message>
</context>
<context>
    <name>DeleteDialog</name>
    <message numerus="yes">
        <source>%n attempt(s) answered it; their scores stay as they are.</source>
        <translation>
            <numerusform>%n tentativa respondeu-lhe; a sua classificação fica como está.</numerusform>
            <numerusform>%n tentativas responderam-lhe; as suas classificações ficam como estão.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n certificate(s) would go too; they are meant to be kept for ever.</source>
        <translation>
            <numerusform>Iria também %n certificado; é para guardar para sempre.</numerusform>
            <numerusform>Iriam também %n certificados; são para guardar para sempre.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n more</source>
        <translation>
            <numerusform>mais %n</numerusform>
            <numerusform>mais %n</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>At least %n attempt(s) answered them; their scores stay as they are.</source>
        <translation>
            <numerusform>Pelo menos %n tentativa respondeu-lhes; a sua classificação fica como está.</numerusform>
            <numerusform>Pelo menos %n tentativas responderam-lhes; as suas classificações ficam como estão.</numerusform>
        </translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>Eliminar</translation>
    </message>
    <message>
        <source>Delete {0} {1}</source>
        <translation>Eliminar {0} {1}</translation>
    </message>
    <message>
        <source>Deleted too</source>
        <translation>Também excluídos</translation>
    </message>
    <message>
        <source>It can be taken back with Ctrl+Z, and later from the history.</source>
        <translation>Pode repor-se com Ctrl+Z, e mais tarde a partir do histórico.</translation>
    </message>
    <message>
        <source>It cannot be deleted: it is referred to by {0}. Give them to somebody else first.</source>
        <translation>Não pode ser eliminado: é referido por {0}. Entregue-os primeiro a outra pessoa.</translation>
    </message>
    <message>
        <source>Keep</source>
        <translation>Manter</translation>
    </message>
    <message>
        <source>Kept, but in another place</source>
        <translation>Mantido, mas noutro lugar</translation>
    </message>
    <message>
        <source>Kept, but no longer attached to it</source>
        <translation>Mantido, mas já não ligado a ele</translation>
    </message>
    <message>
        <source>Kept, but set back to the default</source>
        <translation>Mantido, mas com o valor predefinido</translation>
    </message>
    <message>
        <source>Nothing else goes with it.</source>
        <translation>Nada mais é eliminado com ele.</translation>
    </message>
    <message>
        <source>Passwords and sessions do not come back.</source>
        <translation>As palavras-passe e as sessões não voltam.</translation>
    </message>
    <message>
        <source>Reassign {0} {1} and delete</source>
        <translation>Reatribuir {0} {1} e eliminar</translation>
    </message>
    <message>
        <source>Referred to as “{1}” by {0}. Choose who or what stands there instead:</source>
        <translation>Referido como “{1}” por {0}. Escolha quem ou o que fica no seu lugar:</translation>
    </message>
    <message>
        <source>Sessions do not come back.</source>
        <translation>As sessões não voltam.</translation>
    </message>
    <message>
        <source>Stands in the way</source>
        <translation>Está no caminho</translation>
    </message>
    <message>
        <source>This cannot be taken back: nothing is kept of what is deleted.</source>
        <translation>Isto não se pode repor: nada se conserva do que é eliminado.</translation>
    </message>
    <message>
        <source>What goes from {0} does not come back: the change log does not cover it.</source>
        <translation>O que sai de {0} não volta: o registo de alterações não o abrange.</translation>
    </message>
    <message>
        <source>What hangs on it in {0} could not be counted: it may go too, or forbid the delete.</source>
        <translation>O que disto depende em {0} não pôde ser contado: pode ir também, ou impedir a eliminação.</translation>
    </message>
    <message>
        <source>rows</source>
        <translation>linhas</translation>
    </message>
    <message>
        <source>{0} for good</source>
        <translation>{0} de vez</translation>
    </message>
    <message>
        <source>{0} for {1}</source>
        <translation>{0} para {1}</translation>
    </message>
    <message>
        <source>{0} instead</source>
        <translation>Em vez disso: {0}</translation>
    </message>
    <message>
        <source>{0} instead: {1}</source>
        <translation>Em vez disso, {0}: {1}</translation>
    </message>
    <message>
        <source>{0}?</source>
        <translation>{0}?</translation>
    </message>
</context>
<context>
    <name>Deleting</name>
    <message>
        <source>Cancelled. Nothing was deleted.</source>
        <translation>Cancelado. Nada foi eliminado.</translation>
    </message>
    <message>
        <source>Counting what hangs on it</source>
        <translation>A contar o que depende disto</translation>
    </message>
    <message>
        <source>Deleting</source>
        <translation>A eliminar</translation>
    </message>
    <message>
        <source>Deleting {0}</source>
        <translation>A eliminar {0}</translation>
    </message>
    <message>
        <source>Select what to delete first.</source>
        <translation>Selecione primeiro o que quer eliminar.</translation>
    </message>
    <message>
        <source>Something is being deleted just now. One after the other.</source>
        <translation>Já está algo a ser eliminado. Uma coisa de cada vez.</translation>
    </message>
    <message>
        <source>Your role may not delete here.</source>
        <translation>O seu perfil não pode eliminar aqui.</translation>
    </message>
</context>
<context>
    <name>Desk</name>
    <message>
        <source>Connected</source>
        <translation>Ligado</translation>
    </message>
    <message>
        <source>Loading …</source>
        <translation>A carregar …</translation>
    </message>
    <message>
        <source>Looking for the server, attempt {number}</source>
        <translation>À procura do servidor, tentativa {number}</translation>
    </message>
    <message>
        <source>Looking up what was saved</source>
        <translation>A verificar o que foi guardado</translation>
    </message>
    <message>
        <source>Not connected</source>
        <translation>Não ligado</translation>
    </message>
    <message>
        <source>Saving …</source>
        <translation>A guardar …</translation>
    </message>
    <message>
        <source>The connection to the server is lost</source>
        <translation>Perdeu-se a ligação ao servidor</translation>
    </message>
    <message>
        <source>The server does not answer</source>
        <translation>O servidor não responde</translation>
    </message>
    <message>
        <source>Working …</source>
        <translation>A trabalhar …</translation>
    </message>
</context>
<context>
    <name>DiffText</name>
    <message>
        <source>Show all changes</source>
        <translation>Mostrar todas as alterações</translation>
    </message>
    <message>
        <source>Show all changes of {0}</source>
        <translation>Mostrar todas as alterações de {0}</translation>
    </message>
</context>
<context>
    <name>Doing</name>
    <message>
        <source>A migration is running.</source>
        <translation>Está uma migração em curso.</translation>
    </message>
    <message>
        <source>Applying</source>
        <translation>A aplicar</translation>
    </message>
    <message>
        <source>Applying {0}</source>
        <translation>A aplicar {0}</translation>
    </message>
    <message>
        <source>Checking what stands in the way</source>
        <translation>A verificar o que está no caminho</translation>
    </message>
    <message>
        <source>Checking what stands in the way…</source>
        <translation>A verificar o que está no caminho…</translation>
    </message>
    <message>
        <source>Put on record</source>
        <translation>Registar</translation>
    </message>
    <message>
        <source>Put {0} on record?</source>
        <translation>Registar {0}?</translation>
    </message>
    <message>
        <source>Putting the revision on record</source>
        <translation>A registar a revisão</translation>
    </message>
    <message>
        <source>Putting {0} on record…</source>
        <translation>A registar {0}…</translation>
    </message>
    <message>
        <source>Rehearsing</source>
        <translation>A ensaiar</translation>
    </message>
    <message>
        <source>Rehearsing {0}</source>
        <translation>A ensaiar {0}</translation>
    </message>
    <message>
        <source>Rolling back</source>
        <translation>A reverter</translation>
    </message>
    <message>
        <source>Rolling back {0}</source>
        <translation>A reverter {0}</translation>
    </message>
    <message>
        <source>Save or discard them first: below the newest revision they could not be saved.</source>
        <translation>Guarde-as ou descarte-as primeiro: abaixo da revisão mais recente não se poderiam guardar.</translation>
    </message>
    <message>
        <source>The tables were compared with those of {0}, and are the same. This is written into the version table; nothing else is changed.</source>
        <translation>As tabelas foram comparadas com as de {0}, e são iguais. Isto escreve-se na tabela de versões; nada mais é alterado.</translation>
    </message>
    <message>
        <source>There are unsaved changes on other pages.</source>
        <translation>Há alterações por guardar noutras páginas.</translation>
    </message>
    <message>
        <source>{0} is on record now.</source>
        <translation>{0} está agora registada.</translation>
    </message>
</context>
<context>
    <name>DoubtsDialog</name>
    <message>
        <source>Cancel</source>
        <translation>Cancelar</translation>
    </message>
    <message>
        <source>It can be done all the same, and be mended afterwards.</source>
        <translation>Pode fazer-se na mesma, e corrigir-se depois.</translation>
    </message>
    <message>
        <source>Not everything is ready</source>
        <translation>Nem tudo está pronto</translation>
    </message>
    <message numerus="yes">
        <source>… and %n more</source>
        <translation>
            <numerusform>… e mais %n</numerusform>
            <numerusform>… e mais %n</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>DraftsPage</name>
    <message>
        <source>Save</source>
        <translation>Guardar</translation>
    </message>
    <message>
        <source>in {0} {1}</source>
        <translation>em {0} {1}</translation>
    </message>
</context>
<context>
    <name>DraggedCards</name>
    <message numerus="yes">
        <source>and %n more</source>
        <translation>
            <numerusform>e mais %n</numerusform>
            <numerusform>e mais %n</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>DriftCard</name>
    <message>
        <source>Check again</source>
        <translation>Verificar de novo</translation>
    </message>
    <message>
        <source>Differences</source>
        <translation>Diferenças</translation>
    </message>
    <message>
        <source>No drift: the live schema is what {0} gives.</source>
        <translation>Sem desvios: o esquema é o que {0} dá.</translation>
    </message>
    <message numerus="yes">
        <source>The live schema differs from what {0} gives in %n place(s).</source>
        <translation>
            <numerusform>O esquema difere do que {0} dá em %n ponto.</numerusform>
            <numerusform>O esquema difere do que {0} dá em %n pontos.</numerusform>
        </translation>
    </message>
    <message>
        <source>checked {0}</source>
        <translation>verificado {0}</translation>
    </message>
</context>
<context>
    <name>EffectList</name>
    <message>
        <source>Hide</source>
        <translation>Esconder</translation>
    </message>
    <message>
        <source>Show</source>
        <translation>Mostrar</translation>
    </message>
    <message>
        <source>Show some of the {0}</source>
        <translation>Mostrar alguns: {0}</translation>
    </message>
    <message numerus="yes">
        <source>and %n more</source>
        <translation>
            <numerusform>e mais %n</numerusform>
            <numerusform>e mais %n</numerusform>
        </translation>
    </message>
    <message>
        <source>over {0}</source>
        <translation>mais de {0}</translation>
    </message>
    <message>
        <source>{0} will be empty</source>
        <translation>{0} fica vazio</translation>
    </message>
    <message>
        <source>{0} will be the default</source>
        <translation>{0} fica com o valor predefinido</translation>
    </message>
</context>
<context>
    <name>ElsewhereDialog</name>
    <message>
        <source>Cancel</source>
        <translation>Cancelar</translation>
    </message>
    <message>
        <source>Choose one from the list.</source>
        <translation>Escolha um da lista.</translation>
    </message>
</context>
<context>
    <name>EntityPage</name>
    <message>
        <source>History of {0}</source>
        <translation>Histórico: {0}</translation>
    </message>
    <message>
        <source>Reading {0}…</source>
        <translation>A ler {0}…</translation>
    </message>
    <message>
        <source>Sorting {0} rows by {1} takes a while: there is no index for it.</source>
        <translation>Ordenar {0} linhas por {1} demora um pouco: não há um índice para isso.</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Tentar de novo</translation>
    </message>
    <message>
        <source>{0} match</source>
        <translation>{0} encontrados</translation>
    </message>
    <message>
        <source>{0}. You are editing it too: nothing is overwritten.</source>
        <translation>{0}. Também o está a editar: nada é substituído.</translation>
    </message>
</context>
<context>
    <name>EntryCard</name>
    <message>
        <source>Show the whole operation</source>
        <translation>Mostrar a operação completa</translation>
    </message>
    <message>
        <source>Take back…</source>
        <translation>Repor…</translation>
    </message>
    <message>
        <source>Taken back</source>
        <translation>Reposto</translation>
    </message>
    <message>
        <source>Takes back</source>
        <translation>Repõe</translation>
    </message>
</context>
<context>
    <name>ErrorBox</name>
    <message>
        <source>Close</source>
        <translation>Fechar</translation>
    </message>
    <message>
        <source>Copied</source>
        <translation>Copiado</translation>
    </message>
    <message>
        <source>Copy details</source>
        <translation>Copiar pormenores</translation>
    </message>
</context>
<context>
    <name>ExactText</name>
    <message>
        <source>Holds what cannot be seen: {0}</source>
        <translation>Contém o que não se vê: {0}</translation>
    </message>
    <message>
        <source>There is half a character (a lone surrogate) in this text; it cannot be stored.</source>
        <translation>Há meio carácter (um substituto isolado) neste texto; não pode ser guardado.</translation>
    </message>
</context>
<context>
    <name>ExportDialog</name>
    <message numerus="yes">
        <source>%n left out</source>
        <translation>
            <numerusform>%n de fora</numerusform>
            <numerusform>%n de fora</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n question(s) will be written</source>
        <translation>
            <numerusform>Vai ser escrita %n pergunta</numerusform>
            <numerusform>Vão ser escritas %n perguntas</numerusform>
        </translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Cancelar</translation>
    </message>
    <message>
        <source>Export questions</source>
        <translation>Exportar perguntas</translation>
    </message>
    <message>
        <source>Question {0}</source>
        <translation>Pergunta {0}</translation>
    </message>
    <message>
        <source>Save as</source>
        <translation>Guardar como</translation>
    </message>
    <message>
        <source>Save as…</source>
        <translation>Guardar como…</translation>
    </message>
    <message>
        <source>The form of the file</source>
        <translation>Formato do ficheiro</translation>
    </message>
    <message>
        <source>What is left out</source>
        <translation>O que fica de fora</translation>
    </message>
    <message>
        <source>What the file will hold</source>
        <translation>O que o ficheiro vai conter</translation>
    </message>
    <message>
        <source>Writing the file</source>
        <translation>A escrever o ficheiro</translation>
    </message>
    <message>
        <source>Writing the questions</source>
        <translation>A escrever as perguntas</translation>
    </message>
</context>
<context>
    <name>Feedback</name>
    <message>
        <source>Cancel</source>
        <translation>Cancelar</translation>
    </message>
    <message numerus="yes">
        <source>Change %n row(s)?</source>
        <translation>
            <numerusform>Alterar %n linha?</numerusform>
            <numerusform>Alterar %n linhas?</numerusform>
        </translation>
    </message>
    <message>
        <source>That did not work</source>
        <translation>Não resultou</translation>
    </message>
    <message>
        <source>This cannot be undone.</source>
        <translation>Isto não se pode anular.</translation>
    </message>
</context>
<context>
    <name>FieldChangeView</name>
    <message>
        <source>{0} was changed.</source>
        <translation>{0}: alterado.</translation>
    </message>
    <message>
        <source>{0}, before</source>
        <translation>{0}, antes</translation>
    </message>
    <message>
        <source>{0}: before {1}, after {2}</source>
        <translation>{0}: antes {1}, depois {2}</translation>
    </message>
</context>
<context>
    <name>FieldEditor</name>
    <message>
        <source>{0} is needed.</source>
        <translation>{0} é necessário.</translation>
    </message>
</context>
<context>
    <name>FieldRow</name>
    <message>
        <source>Edit all of it</source>
        <translation>Editar tudo</translation>
    </message>
    <message>
        <source>Edit all of {0}</source>
        <translation>Editar {0} por inteiro</translation>
    </message>
    <message>
        <source>Format</source>
        <translation>Formatar</translation>
    </message>
    <message>
        <source>Format {0}</source>
        <translation>Formatar {0}</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>Abrir</translation>
    </message>
    <message>
        <source>Open {0}</source>
        <translation>Abrir {0}</translation>
    </message>
    <message>
        <source>needed</source>
        <translation>necessário</translation>
    </message>
    <message>
        <source>not saved</source>
        <translation>por guardar</translation>
    </message>
    <message>
        <source>not saved, {0}</source>
        <translation>por guardar, {0}</translation>
    </message>
    <message>
        <source>was {0}</source>
        <translation>era {0}</translation>
    </message>
</context>
<context>
    <name>Filter</name>
    <message numerus="yes">
        <source>%n day(s)</source>
        <translation>
            <numerusform>%n dia</numerusform>
            <numerusform>%n dias</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>last %n day(s)</source>
        <translation>
            <numerusform>último %n dia</numerusform>
            <numerusform>últimos %n dias</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>FilterBar</name>
    <message>
        <source>As it was at first</source>
        <translation>Como no início</translation>
    </message>
    <message>
        <source>Columns</source>
        <translation>Colunas</translation>
    </message>
    <message>
        <source>Everything</source>
        <translation>Tudo</translation>
    </message>
    <message>
        <source>Filter</source>
        <translation>Filtro</translation>
    </message>
    <message>
        <source>Forget</source>
        <translation>Esquecer</translation>
    </message>
    <message>
        <source>Forget a view</source>
        <translation>Esquecer uma vista</translation>
    </message>
    <message>
        <source>Forget the view “{0}”?</source>
        <translation>Esquecer a vista “{0}”?</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>Nome</translation>
    </message>
    <message>
        <source>Replace</source>
        <translation>Substituir</translation>
    </message>
    <message>
        <source>Replace the view “{0}”?</source>
        <translation>Substituir a vista “{0}”?</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>Guardar</translation>
    </message>
    <message>
        <source>Save this view</source>
        <translation>Guardar esta vista</translation>
    </message>
    <message>
        <source>Save this view as…</source>
        <translation>Guardar esta vista como…</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>Procurar</translation>
    </message>
    <message>
        <source>Search, filters, order and columns.</source>
        <translation>Procura, filtros, ordem e colunas.</translation>
    </message>
    <message>
        <source>The rows stay as they are.</source>
        <translation>As linhas ficam como estão.</translation>
    </message>
    <message>
        <source>There is one of this name already.</source>
        <translation>Já há uma com este nome.</translation>
    </message>
    <message>
        <source>Views</source>
        <translation>Vistas</translation>
    </message>
    <message>
        <source>Views, now {0}</source>
        <translation>Vistas, agora {0}</translation>
    </message>
    <message>
        <source>{0}…</source>
        <translation>{0}…</translation>
    </message>
</context>
<context>
    <name>FilterEditor</name>
    <message>
        <source>Filter</source>
        <translation>Filtro</translation>
    </message>
    <message>
        <source>How to compare</source>
        <translation>Como comparar</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>Retirar</translation>
    </message>
</context>
<context>
    <name>FirstRun</name>
    <message>
        <source>&amp;E-mail</source>
        <translation>&amp;E-mail</translation>
    </message>
    <message>
        <source>&amp;Password</source>
        <translation>&amp;Palavra-passe</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Cancelar</translation>
    </message>
    <message>
        <source>Full &amp;name</source>
        <translation>&amp;Nome completo</translation>
    </message>
    <message>
        <source>Marta Lopes</source>
        <translation>Marta Lopes</translation>
    </message>
    <message>
        <source>Password, &amp;again</source>
        <translation>&amp;Repetir a palavra-passe</translation>
    </message>
    <message>
        <source>you@school.edu</source>
        <translation>nome@escola.pt</translation>
    </message>
</context>
<context>
    <name>FirstRunScreen</name>
    <message>
        <source>Applying the revisions…</source>
        <translation>A aplicar as revisões…</translation>
    </message>
    <message>
        <source>At least {least} characters, at most {most} bytes.</source>
        <translation>Pelo menos {least} caracteres, no máximo {most} bytes.</translation>
    </message>
    <message>
        <source>Connect to another database…</source>
        <translation>Ligar a outra base de dados…</translation>
    </message>
    <message>
        <source>Create administrator</source>
        <translation>Criar administrador</translation>
    </message>
    <message>
        <source>Create the first administrator</source>
        <translation>Criar o primeiro administrador</translation>
    </message>
    <message>
        <source>Creating the administrator…</source>
        <translation>A criar o administrador…</translation>
    </message>
    <message>
        <source>It is at revision {revision}, made by a newer application. Use that one here, or connect to another database.</source>
        <translation>Está na revisão {revision}, feita por uma aplicação mais recente. Use essa aqui, ou ligue-se a outra base de dados.</translation>
    </message>
    <message>
        <source>It is at {revision}, an older state than this application works with. All of these steps are applied, or none; what is stored stays.</source>
        <translation>Está em {revision}, um estado mais antigo do que aquele com que esta aplicação trabalha. Aplicam-se todos estes passos, ou nenhum; o que está guardado fica.</translation>
    </message>
    <message>
        <source>It is empty. These steps make the LMS&apos;s tables in it; all of them or none. Then the change log is installed.</source>
        <translation>Está vazia. Estes passos criam nela as tabelas do LMS, todas ou nenhuma. Depois instala-se o registo de alterações.</translation>
    </message>
    <message>
        <source>Look again</source>
        <translation>Ver de novo</translation>
    </message>
    <message>
        <source>Nobody can administer this school yet. This person will be able to do everything in it.</source>
        <translation>Ainda ninguém pode administrar esta escola. Esta pessoa poderá fazer tudo nela.</translation>
    </message>
    <message>
        <source>Put {0} on record</source>
        <translation>Registar {0}</translation>
    </message>
    <message>
        <source>Putting the revision on record…</source>
        <translation>A registar a revisão…</translation>
    </message>
    <message>
        <source>Set up the database</source>
        <translation>Preparar a base de dados</translation>
    </message>
    <message>
        <source>The database calls itself {revision}, but its tables are another program&apos;s. Choose the LMS&apos;s database or an empty one.</source>
        <translation>A base de dados diz-se {revision}, mas as suas tabelas são de outro programa. Escolha a base de dados do LMS ou uma vazia.</translation>
    </message>
    <message>
        <source>The database has tables, but no record of which revision they are. Choose the LMS&apos;s database or an empty one, or let an administrator stamp it with Alembic.</source>
        <translation>A base de dados tem tabelas, mas nenhum registo da revisão a que pertencem. Escolha a base de dados do LMS ou uma vazia, ou deixe um administrador marcá-la com o Alembic.</translation>
    </message>
    <message>
        <source>The two passwords are not the same.</source>
        <translation>As duas palavras-passe não são iguais.</translation>
    </message>
    <message>
        <source>These are not the LMS&apos;s tables</source>
        <translation>Estas não são as tabelas do LMS</translation>
    </message>
    <message>
        <source>This database cannot be worked with</source>
        <translation>Não se pode trabalhar com esta base de dados</translation>
    </message>
    <message>
        <source>This database has no record of its revision</source>
        <translation>Esta base de dados não tem registo da sua revisão</translation>
    </message>
    <message>
        <source>This database is newer than this application</source>
        <translation>Esta base de dados é mais recente do que esta aplicação</translation>
    </message>
    <message>
        <source>Type the e-mail address.</source>
        <translation>Escreva o endereço de e-mail.</translation>
    </message>
    <message>
        <source>Type the name.</source>
        <translation>Escreva o nome.</translation>
    </message>
    <message>
        <source>Update the database</source>
        <translation>Atualizar a base de dados</translation>
    </message>
    <message numerus="yes">
        <source>Update the database (%n revisions)</source>
        <translation>
            <numerusform>Atualizar a base de dados (%n revisão)</numerusform>
            <numerusform>Atualizar a base de dados (%n revisões)</numerusform>
        </translation>
    </message>
    <message>
        <source>Update the database (1 revision)</source>
        <translation>Atualizar a base de dados (1 revisão)</translation>
    </message>
    <message>
        <source>What will be applied</source>
        <translation>O que vai ser aplicado</translation>
    </message>
    <message numerus="yes">
        <source>and %n more</source>
        <translation>
            <numerusform>e mais %n</numerusform>
            <numerusform>e mais %n</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>FoldButton</name>
    <message>
        <source>Folded</source>
        <translation>Recolhido</translation>
    </message>
    <message>
        <source>Unfolded</source>
        <translation>Expandido</translation>
    </message>
</context>
<context>
    <name>FormDetails</name>
    <message>
        <source>Copy the id</source>
        <translation>Copiar o ID</translation>
    </message>
    <message>
        <source>Decide…</source>
        <translation>Decidir…</translation>
    </message>
    <message>
        <source>Give them up</source>
        <translation>Desistir delas</translation>
    </message>
    <message>
        <source>Merge…</source>
        <translation>Combinar…</translation>
    </message>
    <message>
        <source>Saving keeps both.</source>
        <translation>Ao guardar, ambos se mantêm.</translation>
    </message>
    <message>
        <source>Saving restores it with your edits.</source>
        <translation>Ao guardar, é restaurado com as suas edições.</translation>
    </message>
    <message>
        <source>Somebody deleted this meanwhile, or it is no longer yours to see.</source>
        <translation>Alguém eliminou isto entretanto, ou já não o pode ver.</translation>
    </message>
    <message>
        <source>Somebody else changed this since you began; what you changed is as it was.</source>
        <translation>Outra pessoa alterou isto desde que começou; o que alterou está como estava.</translation>
    </message>
    <message>
        <source>Somebody else changed {0} since you began.</source>
        <translation>Outra pessoa alterou {0} desde que começou.</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Tentar de novo</translation>
    </message>
    <message>
        <source>Your changes cannot be saved as they are.</source>
        <translation>As suas alterações não podem ser guardadas como estão.</translation>
    </message>
    <message>
        <source>{0} changed {1} {2}.</source>
        <translation>{0} alterou {1} ({2}).</translation>
    </message>
    <message>
        <source>{0} deleted this {1}.</source>
        <translation>{0} eliminou isto ({1}).</translation>
    </message>
</context>
<context>
    <name>FormFields</name>
    <message>
        <source>last</source>
        <translation>último</translation>
    </message>
</context>
<context>
    <name>FormHeader</name>
    <message>
        <source>More actions</source>
        <translation>Mais ações</translation>
    </message>
    <message>
        <source>not saved yet</source>
        <translation>ainda por guardar</translation>
    </message>
</context>
<context>
    <name>FormParts</name>
    <message>
        <source>Details</source>
        <translation>Pormenores</translation>
    </message>
    <message>
        <source>History</source>
        <translation>Histórico</translation>
    </message>
    <message>
        <source>Parts of the record</source>
        <translation>Partes do registo</translation>
    </message>
</context>
<context>
    <name>FoundList</name>
    <message>
        <source>Found</source>
        <translation>Encontrados</translation>
    </message>
    <message>
        <source>What was understood</source>
        <translation>O que se percebeu</translation>
    </message>
</context>
<context>
    <name>FoundModel</name>
    <message numerus="yes">
        <source>%n point(s)</source>
        <translation>
            <numerusform>%n ponto</numerusform>
            <numerusform>%n pontos</numerusform>
        </translation>
    </message>
    <message>
        <source>False</source>
        <translation>Falso</translation>
    </message>
    <message>
        <source>Line {0}</source>
        <translation>Linha {0}</translation>
    </message>
    <message>
        <source>True</source>
        <translation>Verdadeiro</translation>
    </message>
    <message>
        <source>marked by hand</source>
        <translation>corrigida à mão</translation>
    </message>
    <message>
        <source>no type</source>
        <translation>sem tipo</translation>
    </message>
</context>
<context>
    <name>HardnessModel</name>
    <message>
        <source>Answered</source>
        <translation>Respondida</translation>
    </message>
    <message>
        <source>False</source>
        <translation>Falso</translation>
    </message>
    <message>
        <source>How well it tells those who know from those who do not: 1 perfectly, 0 not at all, below 0 the wrong way round. It compares being right here with the points in the other questions.</source>
        <translation>Até que ponto distingue quem sabe de quem não sabe: 1 perfeitamente, 0 nada, abaixo de 0 ao contrário. Compara estar certo aqui com os pontos das outras perguntas.</translation>
    </message>
    <message>
        <source>No.</source>
        <translation>N.º</translation>
    </message>
    <message>
        <source>Question</source>
        <translation>Pergunta</translation>
    </message>
    <message>
        <source>Right</source>
        <translation>Certas</translation>
    </message>
    <message>
        <source>Tells apart</source>
        <translation>Distingue</translation>
    </message>
    <message>
        <source>The share of those who were asked that got all its points</source>
        <translation>A parte de quem foi questionado que obteve todos os pontos</translation>
    </message>
    <message>
        <source>The wrong answer that was given most often, and how often</source>
        <translation>A resposta errada dada mais vezes, e quantas</translation>
    </message>
    <message>
        <source>True</source>
        <translation>Verdadeiro</translation>
    </message>
    <message>
        <source>Usual mistake</source>
        <translation>Erro habitual</translation>
    </message>
    <message>
        <source>not marked by itself</source>
        <translation>à mão</translation>
    </message>
</context>
<context>
    <name>HeaderMenu</name>
    <message>
        <source>As wide as what it shows</source>
        <translation>Largura conforme o conteúdo</translation>
    </message>
    <message>
        <source>Filter…</source>
        <translation>Filtrar…</translation>
    </message>
    <message>
        <source>Hide this column</source>
        <translation>Ocultar esta coluna</translation>
    </message>
    <message>
        <source>Sort downwards</source>
        <translation>Ordenar de forma decrescente</translation>
    </message>
    <message>
        <source>Sort upwards</source>
        <translation>Ordenar de forma crescente</translation>
    </message>
</context>
<context>
    <name>HistoryPage</name>
    <message>
        <source>Changes to these are not taken down here: {0}.</source>
        <translation>As alterações a estes não são registadas aqui: {0}.</translation>
    </message>
    <message>
        <source>Install the change log…</source>
        <translation>Instalar o registo de alterações…</translation>
    </message>
    <message>
        <source>Parts of the history</source>
        <translation>Partes do histórico</translation>
    </message>
    <message>
        <source>The change log is installed. The history begins now.</source>
        <translation>O registo de alterações está instalado. O histórico começa agora.</translation>
    </message>
</context>
<context>
    <name>ImportDialog</name>
    <message numerus="yes">
        <source>%n question(s) understood</source>
        <translation>
            <numerusform>%n pergunta percebida</numerusform>
            <numerusform>%n perguntas percebidas</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n thing(s) to look at</source>
        <translation>
            <numerusform>%n coisa a ver</numerusform>
            <numerusform>%n coisas a ver</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Add %n question(s)</source>
        <translation>
            <numerusform>Adicionar %n pergunta</numerusform>
            <numerusform>Adicionar %n perguntas</numerusform>
        </translation>
    </message>
    <message>
        <source>Add questions</source>
        <translation>Adicionar perguntas</translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation>Todos os ficheiros (*)</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Cancelar</translation>
    </message>
    <message>
        <source>Import questions</source>
        <translation>Importar perguntas</translation>
    </message>
    <message>
        <source>Questions ({0})</source>
        <translation>Perguntas ({0})</translation>
    </message>
    <message>
        <source>Reading the file</source>
        <translation>A ler o ficheiro</translation>
    </message>
    <message>
        <source>Reading the file…</source>
        <translation>A ler o ficheiro…</translation>
    </message>
    <message>
        <source>The form of the file</source>
        <translation>Formato do ficheiro</translation>
    </message>
</context>
<context>
    <name>InTheWay</name>
    <message>
        <source>Applying waits at most {0} s for a lock and tries {1} times; colleagues’ work never queues behind it longer.</source>
        <translation>Ao aplicar, espera-se no máximo {0} s por um bloqueio, em {1} tentativas; o trabalho dos colegas nunca fica mais tempo à espera.</translation>
    </message>
    <message>
        <source>Nobody holds the tables concerned.</source>
        <translation>Ninguém ocupa as tabelas em causa.</translation>
    </message>
    <message>
        <source>Who would be in the way right now</source>
        <translation>Quem estaria agora no caminho</translation>
    </message>
</context>
<context>
    <name>Journal</name>
    <message>
        <source>Looking for unsaved changes</source>
        <translation>À procura de alterações por guardar</translation>
    </message>
</context>
<context>
    <name>Keeping</name>
    <message numerus="yes">
        <source>%n row(s) were changed since: saving shows both.</source>
        <translation>
            <numerusform>%n linha foi alterada desde então: ao guardar vê ambas.</numerusform>
            <numerusform>%n linhas foram alteradas desde então: ao guardar vê ambas.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n row(s) were deleted since.</source>
        <translation>
            <numerusform>%n linha foi eliminada desde então.</numerusform>
            <numerusform>%n linhas foram eliminadas desde então.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n unsaved change(s)</source>
        <translation>
            <numerusform>%n alteração por guardar</numerusform>
            <numerusform>%n alterações por guardar</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n unsaved change(s) are back. They are not saved yet.</source>
        <translation>
            <numerusform>%n alteração por guardar está de volta. Ainda não está guardada.</numerusform>
            <numerusform>%n alterações por guardar estão de volta. Ainda não estão guardadas.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n unsaved change(s) are kept on this computer until you are back.</source>
        <translation>
            <numerusform>%n alteração por guardar fica neste computador até voltar.</numerusform>
            <numerusform>%n alterações por guardar ficam neste computador até voltar.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n value(s) that were being saved when the program ended are in the database.</source>
        <translation>
            <numerusform>%n valor que estava a ser guardado quando o programa terminou está na base de dados.</numerusform>
            <numerusform>%n valores que estavam a ser guardados quando o programa terminou estão na base de dados.</numerusform>
        </translation>
    </message>
    <message>
        <source>All right</source>
        <translation>Está bem</translation>
    </message>
    <message>
        <source>Discard</source>
        <translation>Descartar</translation>
    </message>
    <message numerus="yes">
        <source>Discard %n unsaved change(s)?</source>
        <translation>
            <numerusform>Descartar %n alteração por guardar?</numerusform>
            <numerusform>Descartar %n alterações por guardar?</numerusform>
        </translation>
    </message>
    <message>
        <source>Look…</source>
        <translation>Ver…</translation>
    </message>
    <message>
        <source>Restore</source>
        <translation>Restaurar</translation>
    </message>
    <message>
        <source>Unsaved edits cannot be kept on disk: {0}.</source>
        <translation>As edições por guardar não podem ser conservadas no disco: {0}.</translation>
    </message>
    <message>
        <source>What was typed and not saved is gone then.</source>
        <translation>O que escreveu e não guardou perde-se então.</translation>
    </message>
    <message>
        <source>a new row</source>
        <translation>uma nova linha</translation>
    </message>
    <message>
        <source>{0} from {1} were not saved when the program ended.</source>
        <translation>{0} de {1}, não guardadas quando o programa terminou.</translation>
    </message>
    <message>
        <source>{0} in {1}</source>
        <translation>{0} em {1}</translation>
    </message>
    <message>
        <source>{0} of {1} is kept nowhere and has to be typed again.</source>
        <translation>{0} ({1}) não se conserva em lado nenhum e tem de ser escrito de novo.</translation>
    </message>
    <message>
        <source>{0} on several pages</source>
        <translation>{0} em várias páginas</translation>
    </message>
    <message>
        <source>{0} were kept.</source>
        <translation>Conservado: {0}.</translation>
    </message>
</context>
<context>
    <name>LeaveDialog</name>
    <message numerus="yes">
        <source>%n of them is not complete: it cannot be kept.</source>
        <translation>
            <numerusform>%n delas está incompleta: não pode ser guardada.</numerusform>
            <numerusform>%n delas estão incompletas: não podem ser guardadas.</numerusform>
        </translation>
    </message>
    <message>
        <source>Discard and leave</source>
        <translation>Descartar e sair</translation>
    </message>
    <message>
        <source>Keep for next time</source>
        <translation>Manter para a próxima vez</translation>
    </message>
    <message numerus="yes">
        <source>Leave %n unsaved change(s) behind?</source>
        <translation>
            <numerusform>Deixar %n alteração por guardar?</numerusform>
            <numerusform>Deixar %n alterações por guardar?</numerusform>
        </translation>
    </message>
    <message>
        <source>Save and leave</source>
        <translation>Guardar e sair</translation>
    </message>
    <message>
        <source>Stay here</source>
        <translation>Ficar aqui</translation>
    </message>
    <message>
        <source>They are not saved yet and would be lost.</source>
        <translation>Ainda não estão guardadas e perder-se-iam.</translation>
    </message>
    <message>
        <source>They are not saved yet. Kept on this computer, they are offered when you are back.</source>
        <translation>Ainda não estão guardadas. Conservadas neste computador, são-lhe propostas quando voltar.</translation>
    </message>
</context>
<context>
    <name>LeaveRunDialog</name>
    <message>
        <source>Close when it is done</source>
        <translation>Fechar quando terminar</translation>
    </message>
    <message>
        <source>Something is running</source>
        <translation>Há algo em curso</translation>
    </message>
    <message>
        <source>Stay here</source>
        <translation>Ficar aqui</translation>
    </message>
    <message>
        <source>Stop it and close</source>
        <translation>Parar e fechar</translation>
    </message>
    <message>
        <source>Until it is done the window stays open. Stopped, it rolls back what is not committed.</source>
        <translation>Até terminar, a janela fica aberta. Se for parado, reverte o que não está confirmado.</translation>
    </message>
</context>
<context>
    <name>LeftBehind</name>
    <message>
        <source>Copy</source>
        <translation>Copiar</translation>
    </message>
    <message>
        <source>Give it up</source>
        <translation>Descartar</translation>
    </message>
    <message>
        <source>The row</source>
        <translation>A linha</translation>
    </message>
    <message>
        <source>{0} was deleted meanwhile, or is no longer yours to see. What you were typing is kept: {1}.</source>
        <translation>{0}: foi eliminado entretanto, ou já não o pode ver. O que estava a escrever está guardado: {1}.</translation>
    </message>
    <message>
        <source>{0} “{1}”</source>
        <translation>{0} “{1}”</translation>
    </message>
</context>
<context>
    <name>LessonEditor</name>
    <message>
        <source>Content</source>
        <translation>Conteúdo</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>Definições</translation>
    </message>
</context>
<context>
    <name>LineField</name>
    <message>
        <source>No value (Ctrl+0)</source>
        <translation>Sem valor (Ctrl+0)</translation>
    </message>
    <message>
        <source>empty text</source>
        <translation>texto vazio</translation>
    </message>
</context>
<context>
    <name>Live</name>
    <message>
        <source>added by {0} {1}</source>
        <translation>adicionado por {0} ({1})</translation>
    </message>
    <message>
        <source>changed by {0} {1}</source>
        <translation>alterado por {0} ({1})</translation>
    </message>
    <message>
        <source>deleted by {0} {1}</source>
        <translation>eliminado por {0} ({1})</translation>
    </message>
    <message>
        <source>just added by somebody else</source>
        <translation>acabado de adicionar por outra pessoa</translation>
    </message>
    <message>
        <source>just changed by somebody else</source>
        <translation>acabado de alterar por outra pessoa</translation>
    </message>
    <message>
        <source>just deleted by somebody else</source>
        <translation>acabado de eliminar por outra pessoa</translation>
    </message>
    <message>
        <source>just now</source>
        <translation>agora mesmo</translation>
    </message>
    <message>
        <source>{0} min ago</source>
        <translation>há {0} min</translation>
    </message>
    <message>
        <source>{0} s ago</source>
        <translation>há {0} s</translation>
    </message>
</context>
<context>
    <name>LiveTelling</name>
    <message>
        <source>Somebody else</source>
        <translation>Outra pessoa</translation>
    </message>
    <message>
        <source>{0} added {1}</source>
        <translation>{0} adicionou {1}</translation>
    </message>
    <message>
        <source>{0} changed {1}</source>
        <translation>{0} alterou {1}</translation>
    </message>
    <message>
        <source>{0} changed {1} {2}</source>
        <translation>{0} alterou {1} {2}</translation>
    </message>
    <message>
        <source>{0} deleted {1}</source>
        <translation>{0} eliminou {1}</translation>
    </message>
</context>
<context>
    <name>LogList</name>
    <message>
        <source>Nothing matches these filters.</source>
        <translation>Nada corresponde a estes filtros.</translation>
    </message>
    <message>
        <source>Reading {0}…</source>
        <translation>A ler {0}…</translation>
    </message>
    <message>
        <source>Show everything</source>
        <translation>Mostrar tudo</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Tentar de novo</translation>
    </message>
    <message>
        <source>{0} match</source>
        <translation>{0} encontrados</translation>
    </message>
</context>
<context>
    <name>LogNotice</name>
    <message>
        <source>From then on everything that is changed here is kept, with who did it and what was there before, and can be taken back. It stands in a schema of its own in this database, “lms_desktop”, and sets triggers on the ten tables. The web application notices nothing of it, and what other programs write is not logged. It can be taken out again.</source>
        <translation>A partir daí conserva-se tudo o que aqui for alterado, com quem o fez e o que lá estava antes, e pode ser reposto. Fica num esquema próprio nesta base de dados, “lms_desktop”, e põe triggers nas dez tabelas. A aplicação web não dá por nada, e o que outros programas escrevem não é registado. Pode voltar a ser retirado.</translation>
    </message>
    <message>
        <source>Install the change log</source>
        <translation>Instalar o registo de alterações</translation>
    </message>
    <message>
        <source>Install the change log?</source>
        <translation>Instalar o registo de alterações?</translation>
    </message>
    <message>
        <source>Install the change log…</source>
        <translation>Instalar o registo de alterações…</translation>
    </message>
    <message>
        <source>Installing the change log…</source>
        <translation>A instalar o registo de alterações…</translation>
    </message>
    <message>
        <source>With it, every change made here is kept with before and after.</source>
        <translation>Com ele, cada alteração feita aqui é conservada com o antes e o depois.</translation>
    </message>
</context>
<context>
    <name>LongEditor</name>
    <message>
        <source>Holds characters that would change here; it can be read, not edited.</source>
        <translation>Contém caracteres que aqui mudariam; pode ser lido, não editado.</translation>
    </message>
    <message>
        <source>empty text</source>
        <translation>texto vazio</translation>
    </message>
    <message>
        <source>{0} characters; only the beginning is shown.</source>
        <translation>{0} caracteres; só se mostra o início.</translation>
    </message>
</context>
<context>
    <name>LossesView</name>
    <message>
        <source>It is not applied, so there is nothing that a rollback could lose. Later it would run this:</source>
        <translation>Não está aplicada, por isso uma reversão nada perderia. Mais tarde executaria isto:</translation>
    </message>
    <message>
        <source>No data goes: what is undone holds none.</source>
        <translation>Não se perdem dados: o que se desfaz não tem nenhuns.</translation>
    </message>
    <message>
        <source>Roll back to below {0}…</source>
        <translation>Reverter até abaixo de {0}…</translation>
    </message>
    <message numerus="yes">
        <source>Rolling back undoes %n revision(s): {0}.</source>
        <translation>
            <numerusform>A reversão desfaz %n revisão: {0}.</numerusform>
            <numerusform>A reversão desfaz %n revisões: {0}.</numerusform>
        </translation>
    </message>
    <message>
        <source>SQL of the rollback</source>
        <translation>SQL da reversão</translation>
    </message>
    <message>
        <source>These go for good:</source>
        <translation>Isto vai-se de vez:</translation>
    </message>
    <message>
        <source>What a rollback loses</source>
        <translation>O que uma reversão perde</translation>
    </message>
</context>
<context>
    <name>MainWindow</name>
    <message>
        <source>About</source>
        <translation>Acerca</translation>
    </message>
    <message>
        <source>Connect to another database…</source>
        <translation>Ligar a outra base de dados…</translation>
    </message>
    <message>
        <source>Keyboard shortcuts</source>
        <translation>Atalhos de teclado</translation>
    </message>
    <message>
        <source>Preferences…</source>
        <translation>Preferências…</translation>
    </message>
    <message>
        <source>Sign in again</source>
        <translation>Iniciar sessão de novo</translation>
    </message>
    <message>
        <source>Sign out</source>
        <translation>Terminar sessão</translation>
    </message>
    <message>
        <source>The connection is back. Nothing typed was lost.</source>
        <translation>A ligação voltou. Nada do que escreveu se perdeu.</translation>
    </message>
    <message>
        <source>You cannot go on working here</source>
        <translation>Não pode continuar a trabalhar aqui</translation>
    </message>
    <message>
        <source>connected</source>
        <translation>ligado</translation>
    </message>
    <message>
        <source>not answering</source>
        <translation>não responde</translation>
    </message>
    <message>
        <source>not connected</source>
        <translation>não ligado</translation>
    </message>
</context>
<context>
    <name>ManyQuestions</name>
    <message>
        <source>Adding questions</source>
        <translation>A adicionar perguntas</translation>
    </message>
    <message>
        <source>Import questions</source>
        <translation>Importar perguntas</translation>
    </message>
    <message>
        <source>Reading the questions</source>
        <translation>A ler as perguntas</translation>
    </message>
    <message>
        <source>Save the quiz first. Many questions at once come to a quiz that is saved.</source>
        <translation>Guarde primeiro o questionário. Muitas perguntas de uma vez entram num questionário já guardado.</translation>
    </message>
    <message>
        <source>Show the text</source>
        <translation>Mostrar o texto</translation>
    </message>
    <message>
        <source>The questions were not added. Their text is kept.</source>
        <translation>As perguntas não foram adicionadas. O seu texto está conservado.</translation>
    </message>
    <message>
        <source>They come at the end of “{0}”.</source>
        <translation>Ficam no fim de “{0}”.</translation>
    </message>
    <message>
        <source>They come behind question {0} of “{1}”.</source>
        <translation>Ficam a seguir à pergunta {0} de “{1}”.</translation>
    </message>
    <message>
        <source>Written to {0}.</source>
        <translation>Escrito em {0}.</translation>
    </message>
</context>
<context>
    <name>MarkdownEditor</name>
    <message>
        <source>Bold</source>
        <translation>Negrito</translation>
    </message>
    <message>
        <source>Both</source>
        <translation>Ambos</translation>
    </message>
    <message>
        <source>Code</source>
        <translation>Código</translation>
    </message>
    <message>
        <source>Heading</source>
        <translation>Título</translation>
    </message>
    <message>
        <source>Italic</source>
        <translation>Itálico</translation>
    </message>
    <message>
        <source>Link</source>
        <translation>Ligação</translation>
    </message>
    <message>
        <source>List</source>
        <translation>Lista</translation>
    </message>
    <message>
        <source>Preview</source>
        <translation>Pré-visualização</translation>
    </message>
    <message>
        <source>Preview of the content</source>
        <translation>Pré-visualização do conteúdo</translation>
    </message>
    <message>
        <source>Source</source>
        <translation>Fonte</translation>
    </message>
    <message>
        <source>This text is long: only the part around the cursor is previewed.</source>
        <translation>Este texto é longo: só se pré-visualiza a parte à volta do cursor.</translation>
    </message>
    <message>
        <source>What students will read appears here.</source>
        <translation>O que os alunos vão ler aparece aqui.</translation>
    </message>
</context>
<context>
    <name>MarkdownPreview</name>
    <message>
        <source>Preview</source>
        <translation>Pré-visualização</translation>
    </message>
    <message>
        <source>[picture: {0}]</source>
        <translation>[imagem: {0}]</translation>
    </message>
</context>
<context>
    <name>MeasuresModel</name>
    <message>
        <source>Lock</source>
        <translation>Bloqueio</translation>
    </message>
    <message>
        <source>Rewrites</source>
        <translation>Reescreve</translation>
    </message>
    <message>
        <source>Seconds</source>
        <translation>Segundos</translation>
    </message>
    <message>
        <source>Statement</source>
        <translation>Instrução</translation>
    </message>
    <message>
        <source>Tables locked</source>
        <translation>Tabelas bloqueadas</translation>
    </message>
    <message>
        <source>no</source>
        <translation>não</translation>
    </message>
    <message>
        <source>none on data</source>
        <translation>nenhum sobre dados</translation>
    </message>
</context>
<context>
    <name>Migrations</name>
    <message>
        <source>Another program&apos;s database</source>
        <translation>Base de dados de outro programa</translation>
    </message>
    <message>
        <source>Committed: the database is at {0}.</source>
        <translation>Confirmado: a base de dados está em {0}.</translation>
    </message>
    <message>
        <source>LMS schema at an unknown revision</source>
        <translation>Esquema do LMS numa revisão desconhecida</translation>
    </message>
    <message>
        <source>LMS schema at several revisions at once</source>
        <translation>Esquema do LMS em várias revisões ao mesmo tempo</translation>
    </message>
    <message>
        <source>LMS schema made by a newer application</source>
        <translation>Esquema do LMS feito por uma aplicação mais recente</translation>
    </message>
    <message>
        <source>LMS schema up to date</source>
        <translation>Esquema do LMS atualizado</translation>
    </message>
    <message>
        <source>LMS schema without a record of its revision</source>
        <translation>Esquema do LMS sem registo da sua revisão</translation>
    </message>
    <message numerus="yes">
        <source>LMS schema: %n revision(s) pending</source>
        <translation>
            <numerusform>Esquema do LMS: %n pendente</numerusform>
            <numerusform>Esquema do LMS: %n pendentes</numerusform>
        </translation>
    </message>
    <message>
        <source>Next try in {0}.</source>
        <translation>Próxima tentativa dentro de {0}.</translation>
    </message>
    <message>
        <source>No tables yet</source>
        <translation>Ainda sem tabelas</translation>
    </message>
    <message>
        <source>Saving the database first: {0} written.</source>
        <translation>Primeiro guarda-se a base de dados: {0} escritos.</translation>
    </message>
    <message>
        <source>These wait for us: {0}.</source>
        <translation>Esperam por nós: {0}.</translation>
    </message>
    <message>
        <source>Try {0} of {1}: the table is held by {2}.</source>
        <translation>Tentativa {0} de {1}: a tabela está ocupada por {2}.</translation>
    </message>
    <message>
        <source>Waiting for {0}, for {1} so far.</source>
        <translation>À espera de {0}, há {1}.</translation>
    </message>
    <message>
        <source>base</source>
        <translation>base</translation>
    </message>
    <message>
        <source>desktop extension in an unclear state</source>
        <translation>extensão do desktop num estado pouco claro</translation>
    </message>
    <message>
        <source>desktop extension made by a newer application</source>
        <translation>extensão do desktop feita por uma aplicação mais recente</translation>
    </message>
    <message>
        <source>desktop extension not installed</source>
        <translation>extensão do desktop não instalada</translation>
    </message>
    <message>
        <source>desktop extension up to date</source>
        <translation>extensão do desktop atualizada</translation>
    </message>
    <message numerus="yes">
        <source>desktop extension: %n revision(s) pending</source>
        <translation>
            <numerusform>extensão do desktop: %n pendente</numerusform>
            <numerusform>extensão do desktop: %n pendentes</numerusform>
        </translation>
    </message>
    <message>
        <source>{0} begins, {1} of {2}.</source>
        <translation>{0} começa, {1} de {2}.</translation>
    </message>
    <message>
        <source>{0} has been run in {1}.</source>
        <translation>{0} foi executada em {1}.</translation>
    </message>
    <message>
        <source>{0} s</source>
        <translation>{0} s</translation>
    </message>
    <message>
        <source>{0} to {1}</source>
        <translation>{0} a {1}</translation>
    </message>
</context>
<context>
    <name>MigrationsPage</name>
    <message>
        <source>Apply {0} to {1}…</source>
        <translation>Aplicar {0} a {1}…</translation>
    </message>
    <message>
        <source>Apply {0}…</source>
        <translation>Aplicar {0}…</translation>
    </message>
    <message>
        <source>Finding out where the database stands…</source>
        <translation>A ver onde está a base de dados…</translation>
    </message>
    <message>
        <source>Put {0} on record…</source>
        <translation>Registar {0}…</translation>
    </message>
    <message>
        <source>Reading {0}…</source>
        <translation>A ler {0}…</translation>
    </message>
    <message>
        <source>Rehearse…</source>
        <translation>Ensaiar…</translation>
    </message>
    <message>
        <source>Roll back one…</source>
        <translation>Reverter uma…</translation>
    </message>
    <message>
        <source>The database is at {0}, below what this application works with. Until the rest is applied, only this page works.</source>
        <translation>A base de dados está em {0}, abaixo daquilo com que esta aplicação trabalha. Até o resto ser aplicado, só esta página funciona.</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Tentar de novo</translation>
    </message>
</context>
<context>
    <name>MomentEditor</name>
    <message>
        <source>Choose from a calendar (Alt+Down)</source>
        <translation>Escolher num calendário (Alt+Baixo)</translation>
    </message>
    <message>
        <source>No calendar reaches this moment; it is kept as it is unless you replace it.</source>
        <translation>Nenhum calendário chega a este momento; fica como está se não o substituir.</translation>
    </message>
    <message>
        <source>Replace this moment (Del)</source>
        <translation>Substituir este momento (Del)</translation>
    </message>
</context>
<context>
    <name>MomentPopup</name>
    <message>
        <source>Choose a day and a time</source>
        <translation>Escolher dia e hora</translation>
    </message>
    <message>
        <source>Day</source>
        <translation>Dia</translation>
    </message>
    <message>
        <source>Done</source>
        <translation>Concluir</translation>
    </message>
    <message>
        <source>Month</source>
        <translation>Mês</translation>
    </message>
    <message>
        <source>Next month</source>
        <translation>Mês seguinte</translation>
    </message>
    <message>
        <source>Now</source>
        <translation>Agora</translation>
    </message>
    <message>
        <source>Previous month</source>
        <translation>Mês anterior</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>Hora</translation>
    </message>
    <message>
        <source>Year</source>
        <translation>Ano</translation>
    </message>
</context>
<context>
    <name>MomentValues</name>
    <message>
        <source>to</source>
        <translation>a</translation>
    </message>
    <message>
        <source>{0}, to</source>
        <translation>{0}, a</translation>
    </message>
</context>
<context>
    <name>MoveEffects</name>
    <message numerus="yes">
        <source>%n attempt(s) answered it. Those answers then belong to no question of their quiz any more.</source>
        <translation>
            <numerusform>%n tentativa respondeu-lhe. Essa resposta deixa de pertencer a uma pergunta do seu questionário.</numerusform>
            <numerusform>%n tentativas responderam-lhe. Essas respostas deixam de pertencer a uma pergunta do seu questionário.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n attempt(s) at its quizzes go along.</source>
        <translation>
            <numerusform>%n tentativa nos seus questionários vai junto.</numerusform>
            <numerusform>%n tentativas nos seus questionários vão junto.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n attempt(s) hold their answers by place alone, as another program wrote them: after this they are read as answers to other questions.</source>
        <translation>
            <numerusform>%n tentativa guarda as suas respostas só por posição, como outro programa as escreveu: depois disto leem-se como respostas a outras perguntas.</numerusform>
            <numerusform>%n tentativas guardam as suas respostas só por posição, como outro programa as escreveu: depois disto leem-se como respostas a outras perguntas.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>What %n student(s) have done with it stays with their enrollment in the course that it leaves: they no longer see it, and the students of the other course begin anew.</source>
        <translation>
            <numerusform>O que %n aluno fez com isto fica na sua inscrição no curso de onde sai: já não o vê, e os alunos do outro curso começam do início.</numerusform>
            <numerusform>O que %n alunos fizeram com isto fica nas suas inscrições no curso de onde sai: já não o veem, e os alunos do outro curso começam do início.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>MoveGuard</name>
    <message>
        <source>Counting what hangs on it</source>
        <translation>A contar o que depende disto</translation>
    </message>
    <message>
        <source>Move</source>
        <translation>Mover</translation>
    </message>
    <message numerus="yes">
        <source>Move %n lesson(s) to another course?</source>
        <translation>
            <numerusform>Mover %n lição para outro curso?</numerusform>
            <numerusform>Mover %n lições para outro curso?</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Move %n question(s) to another quiz?</source>
        <translation>
            <numerusform>Mover %n pergunta para outro questionário?</numerusform>
            <numerusform>Mover %n perguntas para outro questionário?</numerusform>
        </translation>
    </message>
    <message>
        <source>Put in order</source>
        <translation>Pôr em ordem</translation>
    </message>
    <message>
        <source>Put the questions in another order?</source>
        <translation>Pôr as perguntas por outra ordem?</translation>
    </message>
</context>
<context>
    <name>NavList</name>
    <message>
        <source>Navigation</source>
        <translation>Navegação</translation>
    </message>
</context>
<context>
    <name>NewRowsModel</name>
    <message>
        <source>New {0}</source>
        <translation>Novo: {0}</translation>
    </message>
</context>
<context>
    <name>NumberEditor</name>
    <message>
        <source>One less (Down)</source>
        <translation>Menos um (Baixo)</translation>
    </message>
    <message>
        <source>One more (Up)</source>
        <translation>Mais um (Cima)</translation>
    </message>
</context>
<context>
    <name>NumberValues</name>
    <message>
        <source>to</source>
        <translation>a</translation>
    </message>
    <message>
        <source>{0}, to</source>
        <translation>{0}, a</translation>
    </message>
</context>
<context>
    <name>ObstaclesModel</name>
    <message>
        <source>As it was left</source>
        <translation>Como ficou</translation>
    </message>
    <message>
        <source>Changed by</source>
        <translation>Alterado por</translation>
    </message>
    <message>
        <source>Field</source>
        <translation>Campo</translation>
    </message>
    <message>
        <source>Now</source>
        <translation>Agora</translation>
    </message>
    <message>
        <source>Row</source>
        <translation>Linha</translation>
    </message>
    <message>
        <source>When</source>
        <translation>Quando</translation>
    </message>
    <message>
        <source>another one</source>
        <translation>outro</translation>
    </message>
    <message>
        <source>another program</source>
        <translation>outro programa</translation>
    </message>
    <message>
        <source>changed since</source>
        <translation>alterado desde então</translation>
    </message>
    <message>
        <source>deleted since</source>
        <translation>eliminado desde então</translation>
    </message>
    <message>
        <source>others hang on it since</source>
        <translation>outros dependem dele desde então</translation>
    </message>
    <message>
        <source>taken by another row</source>
        <translation>ocupado por outra linha</translation>
    </message>
    <message>
        <source>there again</source>
        <translation>existe de novo</translation>
    </message>
    <message>
        <source>what it belongs to is gone</source>
        <translation>aquilo a que pertence já não existe</translation>
    </message>
</context>
<context>
    <name>OfferedDialog</name>
    <message numerus="yes">
        <source>%n unsaved change(s)</source>
        <translation>
            <numerusform>%n alteração por guardar</numerusform>
            <numerusform>%n alterações por guardar</numerusform>
        </translation>
    </message>
    <message>
        <source>Decide later</source>
        <translation>Decidir depois</translation>
    </message>
    <message>
        <source>Discard…</source>
        <translation>Descartar…</translation>
    </message>
    <message>
        <source>Left unsaved</source>
        <translation>Por guardar</translation>
    </message>
    <message>
        <source>Others belong to pages that you may not open now. They stay where they are.</source>
        <translation>Outras pertencem a páginas que agora não pode abrir. Ficam onde estão.</translation>
    </message>
    <message>
        <source>Restore</source>
        <translation>Restaurar</translation>
    </message>
    <message>
        <source>Unsaved changes: {0}</source>
        <translation>Alterações por guardar: {0}</translation>
    </message>
    <message>
        <source>Was</source>
        <translation>Antes</translation>
    </message>
    <message>
        <source>{0} from {1}</source>
        <translation>{0} de {1}</translation>
    </message>
    <message>
        <source>{0} was changed by somebody else since. Saving shows both.</source>
        <translation>{0}: alterado desde então por outra pessoa. Ao guardar vê ambos.</translation>
    </message>
    <message>
        <source>{0} was deleted by somebody else since.</source>
        <translation>{0}: eliminado desde então por outra pessoa.</translation>
    </message>
</context>
<context>
    <name>Onward</name>
    <message>
        <source>Open course</source>
        <translation>Abrir curso</translation>
    </message>
    <message>
        <source>Results</source>
        <translation>Resultados</translation>
    </message>
</context>
<context>
    <name>OpeningScreen</name>
    <message>
        <source>Cancel</source>
        <translation>Cancelar</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Fechar</translation>
    </message>
    <message>
        <source>Copy details</source>
        <translation>Copiar pormenores</translation>
    </message>
    <message>
        <source>Stopping…</source>
        <translation>A parar…</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Tentar de novo</translation>
    </message>
</context>
<context>
    <name>OperationPanel</name>
    <message>
        <source>Changed something.</source>
        <translation>Algo foi alterado.</translation>
    </message>
    <message>
        <source>Go to the record</source>
        <translation>Ir para o registo</translation>
    </message>
    <message>
        <source>Machine {0}</source>
        <translation>Computador {0}</translation>
    </message>
    <message>
        <source>Nothing is selected</source>
        <translation>Nada está selecionado</translation>
    </message>
    <message>
        <source>Reading the history</source>
        <translation>A ler o histórico</translation>
    </message>
    <message>
        <source>Reading the operation…</source>
        <translation>A ler a operação…</translation>
    </message>
    <message>
        <source>Reading what was changed…</source>
        <translation>A ler o que foi alterado…</translation>
    </message>
    <message numerus="yes">
        <source>Restore %n record(s)…</source>
        <translation>
            <numerusform>Restaurar %n registo…</numerusform>
            <numerusform>Restaurar %n registos…</numerusform>
        </translation>
    </message>
    <message>
        <source>Restore…</source>
        <translation>Restaurar…</translation>
    </message>
    <message>
        <source>Select a row to see what was done.</source>
        <translation>Selecione uma linha para ver o que foi feito.</translation>
    </message>
    <message>
        <source>Show it</source>
        <translation>Mostrar</translation>
    </message>
    <message>
        <source>Show more</source>
        <translation>Mostrar mais</translation>
    </message>
    <message>
        <source>Take back…</source>
        <translation>Repor…</translation>
    </message>
    <message>
        <source>Taken back</source>
        <translation>Reposto</translation>
    </message>
    <message>
        <source>Taken back by {0}, {1}.</source>
        <translation>Reposto por {0}, {1}.</translation>
    </message>
    <message>
        <source>Takes back</source>
        <translation>Repõe</translation>
    </message>
    <message>
        <source>This took back: {0}</source>
        <translation>Isto repôs: {0}</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Tentar de novo</translation>
    </message>
    <message>
        <source>What was changed</source>
        <translation>O que foi alterado</translation>
    </message>
    <message>
        <source>What was deleted</source>
        <translation>O que foi eliminado</translation>
    </message>
    <message>
        <source>database role {0}</source>
        <translation>papel na base de dados {0}</translation>
    </message>
</context>
<context>
    <name>OptionList</name>
    <message>
        <source>Accepted answer {0} of {1}, {2}</source>
        <translation>Resposta aceite {0} de {1}, {2}</translation>
    </message>
    <message>
        <source>Accepted answers</source>
        <translation>Respostas aceites</translation>
    </message>
    <message>
        <source>Add an accepted answer</source>
        <translation>Adicionar uma resposta aceite</translation>
    </message>
    <message>
        <source>Add an option</source>
        <translation>Adicionar uma opção</translation>
    </message>
    <message>
        <source>An answer</source>
        <translation>Uma resposta</translation>
    </message>
    <message>
        <source>Option {0}</source>
        <translation>Opção {0}</translation>
    </message>
    <message>
        <source>Option {0} is right</source>
        <translation>A opção {0} está certa</translation>
    </message>
    <message>
        <source>Option {0} of {1}, {2}, right</source>
        <translation>Opção {0} de {1}, {2}, certa</translation>
    </message>
    <message>
        <source>Option {0} of {1}, {2}, wrong</source>
        <translation>Opção {0} de {1}, {2}, errada</translation>
    </message>
    <message>
        <source>Options</source>
        <translation>Opções</translation>
    </message>
    <message>
        <source>Remove answer {0}</source>
        <translation>Retirar a resposta {0}</translation>
    </message>
    <message>
        <source>Remove option {0}</source>
        <translation>Retirar a opção {0}</translation>
    </message>
    <message>
        <source>Right answer</source>
        <translation>Resposta certa</translation>
    </message>
    <message>
        <source>empty</source>
        <translation>vazio</translation>
    </message>
</context>
<context>
    <name>OptionRow</name>
    <message>
        <source>An option needs a text; × takes it away.</source>
        <translation>Uma opção precisa de um texto; × retira-a.</translation>
    </message>
    <message>
        <source>right answer</source>
        <translation>resposta certa</translation>
    </message>
</context>
<context>
    <name>OrderedListModel</name>
    <message>
        <source>Reading the outline</source>
        <translation>A ler a estrutura</translation>
    </message>
</context>
<context>
    <name>OutlineSearch</name>
    <message>
        <source>Find a lesson, quiz or question</source>
        <translation>Procurar lição, questionário ou pergunta</translation>
    </message>
    <message>
        <source>Looking for questions</source>
        <translation>À procura de perguntas</translation>
    </message>
    <message>
        <source>Next one</source>
        <translation>Resultado seguinte</translation>
    </message>
    <message>
        <source>Nothing found</source>
        <translation>Nada encontrado</translation>
    </message>
    <message>
        <source>Previous one</source>
        <translation>Resultado anterior</translation>
    </message>
    <message>
        <source>{0} of {1}</source>
        <translation>{0} de {1}</translation>
    </message>
</context>
<context>
    <name>OutlineView</name>
    <message>
        <source>A course is made of lessons. Quizzes hang on a lesson, or on the course itself.</source>
        <translation>Um curso é feito de lições. Os questionários dependem de uma lição, ou do próprio curso.</translation>
    </message>
    <message>
        <source>Add the first lesson</source>
        <translation>Adicionar a primeira lição</translation>
    </message>
    <message>
        <source>Alt with up or down moves what is chosen, left and right fold, the menu key has more.</source>
        <translation>Alt com cima ou baixo move o que está escolhido, esquerda e direita recolhem e expandem, a tecla de menu tem mais.</translation>
    </message>
    <message>
        <source>Choose one on the page of courses.</source>
        <translation>Escolha um na página dos cursos.</translation>
    </message>
    <message>
        <source>Drag, or</source>
        <translation>Arraste, ou</translation>
    </message>
    <message>
        <source>It was deleted, or it is another instructor&apos;s by now.</source>
        <translation>Foi eliminado, ou já é de outro docente.</translation>
    </message>
    <message>
        <source>More</source>
        <translation>Mais</translation>
    </message>
    <message>
        <source>No course is open.</source>
        <translation>Não há nenhum curso aberto.</translation>
    </message>
    <message>
        <source>Outline</source>
        <translation>Estrutura</translation>
    </message>
    <message>
        <source>Outline of the course</source>
        <translation>Estrutura do curso</translation>
    </message>
    <message>
        <source>Reading the outline…</source>
        <translation>A ler a estrutura…</translation>
    </message>
    <message>
        <source>This course has no lessons yet.</source>
        <translation>Este curso ainda não tem lições.</translation>
    </message>
    <message>
        <source>This course is not to be seen any more.</source>
        <translation>Este curso já não se pode ver.</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Tentar de novo</translation>
    </message>
    <message>
        <source>What can be done with the rows that are chosen</source>
        <translation>O que se pode fazer com as linhas escolhidas</translation>
    </message>
</context>
<context>
    <name>PageParts</name>
    <message>
        <source>Nothing matches this search and these filters.</source>
        <translation>Nada corresponde a esta procura e a estes filtros.</translation>
    </message>
    <message>
        <source>Show everything</source>
        <translation>Mostrar tudo</translation>
    </message>
    <message>
        <source>There is nothing here yet that you may see.</source>
        <translation>Ainda não há aqui nada que possa ver.</translation>
    </message>
    <message>
        <source>{0}, not saved yet</source>
        <translation>{0}, ainda por guardar</translation>
    </message>
</context>
<context>
    <name>PasswordEdit</name>
    <message>
        <source>Hide the password</source>
        <translation>Esconder a palavra-passe</translation>
    </message>
    <message>
        <source>Show the password</source>
        <translation>Mostrar a palavra-passe</translation>
    </message>
</context>
<context>
    <name>PasteDialog</name>
    <message numerus="yes">
        <source>%n question(s) understood</source>
        <translation>
            <numerusform>%n pergunta percebida</numerusform>
            <numerusform>%n perguntas percebidas</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n thing(s) to look at</source>
        <translation>
            <numerusform>%n coisa a ver</numerusform>
            <numerusform>%n coisas a ver</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Add %n question(s)</source>
        <translation>
            <numerusform>Adicionar %n pergunta</numerusform>
            <numerusform>Adicionar %n perguntas</numerusform>
        </translation>
    </message>
    <message>
        <source>Add questions</source>
        <translation>Adicionar perguntas</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Cancelar</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>Continuar</translation>
    </message>
    <message>
        <source>How they are written</source>
        <translation>Como se escrevem</translation>
    </message>
    <message>
        <source>Leave</source>
        <translation>Sair</translation>
    </message>
    <message numerus="yes">
        <source>Leave without adding %n question(s)?</source>
        <translation>
            <numerusform>Sair sem adicionar %n pergunta?</numerusform>
            <numerusform>Sair sem adicionar %n perguntas?</numerusform>
        </translation>
    </message>
    <message>
        <source>Paste many questions</source>
        <translation>Colar muitas perguntas</translation>
    </message>
    <message>
        <source>Questions as text</source>
        <translation>Perguntas em texto</translation>
    </message>
    <message>
        <source>Reading the questions</source>
        <translation>A ler as perguntas</translation>
    </message>
    <message>
        <source>What was typed here is gone then.</source>
        <translation>O que aqui escreveu perde-se então.</translation>
    </message>
</context>
<context>
    <name>PersonCard</name>
    <message>
        <source>Opens the menu of your account</source>
        <translation>Abre o menu da sua conta</translation>
    </message>
</context>
<context>
    <name>PlaceDialog</name>
    <message>
        <source>Cancel</source>
        <translation>Cancelar</translation>
    </message>
    <message>
        <source>Move</source>
        <translation>Mover</translation>
    </message>
    <message>
        <source>Move to position</source>
        <translation>Mover para a posição</translation>
    </message>
    <message>
        <source>Position, 1 to {0}</source>
        <translation>Posição, 1 a {0}</translation>
    </message>
</context>
<context>
    <name>PlainEdit</name>
    <message>
        <source>At most {0} characters can be edited here; nothing was pasted.</source>
        <translation>Aqui podem editar-se no máximo {0} caracteres; nada foi colado.</translation>
    </message>
</context>
<context>
    <name>PlanView</name>
    <message numerus="yes">
        <source>%n revision(s) in one transaction: all of it is done, or nothing.</source>
        <translation>
            <numerusform>%n revisão numa transação: faz-se tudo, ou nada.</numerusform>
            <numerusform>%n revisões numa transação: faz-se tudo, ou nada.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n revision(s). One of them commits in its midst, so what is done before a failure stays.</source>
        <translation>
            <numerusform>%n revisão. Confirma a meio, por isso o que foi feito antes de uma falha fica.</numerusform>
            <numerusform>%n revisões. Uma delas confirma a meio, por isso o que foi feito antes de uma falha fica.</numerusform>
        </translation>
    </message>
    <message>
        <source>Checked beforehand</source>
        <translation>Verificado antes</translation>
    </message>
    <message>
        <source>Plan</source>
        <translation>Plano</translation>
    </message>
</context>
<context>
    <name>PreferencesDialog</name>
    <message>
        <source>&amp;Language</source>
        <translation>&amp;Idioma</translation>
    </message>
    <message>
        <source>&amp;Theme</source>
        <translation>&amp;Tema</translation>
    </message>
    <message>
        <source>Another language is used from the next start on.</source>
        <translation>Outro idioma vale a partir do próximo arranque.</translation>
    </message>
    <message>
        <source>As the system</source>
        <translation>Como o sistema</translation>
    </message>
    <message>
        <source>As the system ({0})</source>
        <translation>Como o sistema ({0})</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Cancelar</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>Escuro</translation>
    </message>
    <message>
        <source>Done</source>
        <translation>Concluir</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>Claro</translation>
    </message>
    <message>
        <source>Moments are shown and typed in it.</source>
        <translation>Os momentos mostram-se e escrevem-se nele.</translation>
    </message>
    <message>
        <source>Preferences</source>
        <translation>Preferências</translation>
    </message>
    <message>
        <source>Te&amp;xt size</source>
        <translation>Tamanho do te&amp;xto</translation>
    </message>
    <message>
        <source>There is no time zone called “{0}”. Choose one from the list.</source>
        <translation>Não há nenhum fuso horário chamado “{0}”. Escolha um da lista.</translation>
    </message>
    <message>
        <source>Time &amp;zone</source>
        <translation>&amp;Fuso horário</translation>
    </message>
    <message>
        <source>{0} %</source>
        <translation>{0} %</translation>
    </message>
</context>
<context>
    <name>PreviewDialog</name>
    <message numerus="yes">
        <source>%n unsaved change(s)</source>
        <translation>
            <numerusform>%n alteração por guardar</numerusform>
            <numerusform>%n alterações por guardar</numerusform>
        </translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Fechar</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>Guardar</translation>
    </message>
    <message>
        <source>Unsaved changes</source>
        <translation>Alterações por guardar</translation>
    </message>
    <message>
        <source>What will be saved</source>
        <translation>O que vai ser guardado</translation>
    </message>
    <message numerus="yes">
        <source>in %n row(s)</source>
        <translation>
            <numerusform>em %n linha</numerusform>
            <numerusform>em %n linhas</numerusform>
        </translation>
    </message>
    <message>
        <source>in {0} {1}</source>
        <translation>em {0} {1}</translation>
    </message>
    <message>
        <source>{0} {1}, saved together or not at all</source>
        <translation>{0} {1}, guardadas em conjunto ou nenhuma</translation>
    </message>
</context>
<context>
    <name>PreviewModel</name>
    <message>
        <source>Field</source>
        <translation>Campo</translation>
    </message>
    <message>
        <source>Now</source>
        <translation>Agora</translation>
    </message>
    <message>
        <source>Row</source>
        <translation>Linha</translation>
    </message>
    <message>
        <source>Will be</source>
        <translation>Passa a</translation>
    </message>
    <message>
        <source>another one</source>
        <translation>outro</translation>
    </message>
    <message>
        <source>new</source>
        <translation>novo</translation>
    </message>
    <message>
        <source>new {0}</source>
        <translation>novo: {0}</translation>
    </message>
</context>
<context>
    <name>ProgressMatrixModel</name>
    <message>
        <source>Lesson {0}: {1}</source>
        <translation>Lição {0}: {1}</translation>
    </message>
    <message>
        <source>Reading how far students have come</source>
        <translation>A ler até onde cada um chegou</translation>
    </message>
    <message>
        <source>begun</source>
        <translation>começada</translation>
    </message>
    <message>
        <source>completed</source>
        <translation>concluída</translation>
    </message>
    <message>
        <source>no longer enrolled</source>
        <translation>já não inscrito</translation>
    </message>
    <message>
        <source>{0} of {1} lessons completed</source>
        <translation>{0} de {1} lições concluídas</translation>
    </message>
    <message>
        <source>{0}, lesson {1} {2}, begun, last on {3}</source>
        <translation>{0}, lição {1} {2}, começada, pela última vez em {3}</translation>
    </message>
    <message>
        <source>{0}, lesson {1} {2}, completed {3}</source>
        <translation>{0}, lição {1} {2}, concluída {3}</translation>
    </message>
    <message>
        <source>{0}, lesson {1} {2}, completed, nobody knows when</source>
        <translation>{0}, lição {1} {2}, concluída, não se sabe quando</translation>
    </message>
    <message>
        <source>{0}, lesson {1} {2}, loading</source>
        <translation>{0}, lição {1} {2}, a carregar</translation>
    </message>
    <message>
        <source>{0}, lesson {1} {2}, not begun</source>
        <translation>{0}, lição {1} {2}, por começar</translation>
    </message>
</context>
<context>
    <name>ProgressView</name>
    <message numerus="yes">
        <source>%n lesson(s)</source>
        <translation>
            <numerusform>%n lição</numerusform>
            <numerusform>%n lições</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n student(s)</source>
        <translation>
            <numerusform>%n aluno</numerusform>
            <numerusform>%n alunos</numerusform>
        </translation>
    </message>
    <message>
        <source>By e-mail</source>
        <translation>Por e-mail</translation>
    </message>
    <message>
        <source>By name</source>
        <translation>Por nome</translation>
    </message>
    <message>
        <source>Find a student</source>
        <translation>Procurar um aluno</translation>
    </message>
    <message>
        <source>Least completed first</source>
        <translation>Menos concluído primeiro</translation>
    </message>
    <message>
        <source>Most completed first</source>
        <translation>Mais concluído primeiro</translation>
    </message>
    <message>
        <source>Nobody is found</source>
        <translation>Ninguém encontrado</translation>
    </message>
    <message>
        <source>Nobody takes this course yet</source>
        <translation>Ainda ninguém faz este curso</translation>
    </message>
    <message>
        <source>Not finished</source>
        <translation>Por terminar</translation>
    </message>
    <message>
        <source>Only students who have not completed every lesson</source>
        <translation>Só alunos que não concluíram todas as lições</translation>
    </message>
    <message>
        <source>Open the enrollment</source>
        <translation>Abrir a inscrição</translation>
    </message>
    <message>
        <source>Open the lesson</source>
        <translation>Abrir a lição</translation>
    </message>
    <message>
        <source>Open the progress record</source>
        <translation>Abrir o registo de progresso</translation>
    </message>
    <message>
        <source>Order of the students</source>
        <translation>Ordem dos alunos</translation>
    </message>
    <message>
        <source>Progress is made lesson by lesson.</source>
        <translation>O progresso faz-se lição a lição.</translation>
    </message>
    <message>
        <source>Progress: students down, lessons across</source>
        <translation>Progresso: alunos na vertical, lições na horizontal</translation>
    </message>
    <message>
        <source>Reading how far students have come…</source>
        <translation>A ler até onde cada um chegou…</translation>
    </message>
    <message>
        <source>Search for something else, or show all.</source>
        <translation>Procure outra coisa, ou mostre todos.</translation>
    </message>
    <message>
        <source>There are no lessons yet</source>
        <translation>Ainda não há lições</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Tentar de novo</translation>
    </message>
</context>
<context>
    <name>QuestionAnswers</name>
    <message>
        <source>Counting the answers</source>
        <translation>A contar as respostas</translation>
    </message>
    <message>
        <source>False</source>
        <translation>Falso</translation>
    </message>
    <message>
        <source>Regrade…</source>
        <translation>Reavaliar…</translation>
    </message>
    <message>
        <source>True</source>
        <translation>Verdadeiro</translation>
    </message>
</context>
<context>
    <name>QuestionCard</name>
    <message numerus="yes">
        <source>%n point(s)</source>
        <translation>
            <numerusform>%n ponto</numerusform>
            <numerusform>%n pontos</numerusform>
        </translation>
    </message>
    <message>
        <source>An essay is not marked by itself.</source>
        <translation>Uma composição não se corrige por si.</translation>
    </message>
    <message>
        <source>Answer to {0}</source>
        <translation>Resposta a {0}</translation>
    </message>
    <message>
        <source>False</source>
        <translation>Falso</translation>
    </message>
    <message>
        <source>Question {0} of {1}</source>
        <translation>Pergunta {0} de {1}</translation>
    </message>
    <message>
        <source>This question has no options to choose from.</source>
        <translation>Esta pergunta não tem opções para escolher.</translation>
    </message>
    <message>
        <source>Tick all that are right.</source>
        <translation>Assinale todas as que estão certas.</translation>
    </message>
    <message>
        <source>True</source>
        <translation>Verdadeiro</translation>
    </message>
    <message>
        <source>{0}. Option {1} of {2}</source>
        <translation>{0}. Opção {1} de {2}</translation>
    </message>
</context>
<context>
    <name>QuestionEditor</name>
    <message numerus="yes">
        <source>%n attempt(s) already answered this question: a change of the right answer will ask whether to regrade them.</source>
        <translation>
            <numerusform>%n tentativa já respondeu a esta pergunta: se a resposta certa mudar, pergunta-se se é para reavaliar.</numerusform>
            <numerusform>%n tentativas já responderam a esta pergunta: se a resposta certa mudar, pergunta-se se é para as reavaliar.</numerusform>
        </translation>
    </message>
    <message>
        <source>Count the answers</source>
        <translation>Contar as respostas</translation>
    </message>
    <message>
        <source>How students answered</source>
        <translation>Como responderam os alunos</translation>
    </message>
</context>
<context>
    <name>QuestionFields</name>
    <message>
        <source>False</source>
        <translation>Falso</translation>
    </message>
    <message>
        <source>True</source>
        <translation>Verdadeiro</translation>
    </message>
</context>
<context>
    <name>QuestionHeader</name>
    <message numerus="yes">
        <source>%n point(s)</source>
        <translation>
            <numerusform>%n ponto</numerusform>
            <numerusform>%n pontos</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n question(s)</source>
        <translation>
            <numerusform>%n pergunta</numerusform>
            <numerusform>%n perguntas</numerusform>
        </translation>
    </message>
    <message>
        <source>Add question</source>
        <translation>Adicionar pergunta</translation>
    </message>
    <message>
        <source>Delete question…</source>
        <translation>Eliminar pergunta…</translation>
    </message>
    <message>
        <source>Duplicate</source>
        <translation>Duplicar</translation>
    </message>
    <message>
        <source>Export to a file…</source>
        <translation>Exportar para um ficheiro…</translation>
    </message>
    <message>
        <source>Import from a file…</source>
        <translation>Importar de um ficheiro…</translation>
    </message>
    <message>
        <source>More actions</source>
        <translation>Mais ações</translation>
    </message>
    <message>
        <source>New question</source>
        <translation>Nova pergunta</translation>
    </message>
    <message>
        <source>Next question</source>
        <translation>Pergunta seguinte</translation>
    </message>
    <message>
        <source>Paste many…</source>
        <translation>Colar muitas…</translation>
    </message>
    <message>
        <source>Previous question</source>
        <translation>Pergunta anterior</translation>
    </message>
    <message>
        <source>Question {0} of {1}</source>
        <translation>Pergunta {0} de {1}</translation>
    </message>
</context>
<context>
    <name>QuestionsPage</name>
    <message>
        <source>Regrade…</source>
        <translation>Reavaliar…</translation>
    </message>
</context>
<context>
    <name>QuestionsPart</name>
    <message>
        <source>Add question</source>
        <translation>Adicionar pergunta</translation>
    </message>
    <message>
        <source>Add the first one, or paste many at once.</source>
        <translation>Adicione a primeira, ou cole muitas de uma vez.</translation>
    </message>
    <message>
        <source>Add the first one: it is saved together with the quiz.</source>
        <translation>Adicione a primeira: é guardada com o questionário.</translation>
    </message>
    <message>
        <source>Alt with up or down moves what is chosen, the menu key has more.</source>
        <translation>Alt com cima ou baixo move o que está escolhido, a tecla de menu tem mais.</translation>
    </message>
    <message>
        <source>Questions of the quiz</source>
        <translation>Perguntas do questionário</translation>
    </message>
    <message>
        <source>This quiz has no questions yet.</source>
        <translation>Este questionário ainda não tem perguntas.</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Tentar de novo</translation>
    </message>
</context>
<context>
    <name>QuickSearch</name>
    <message>
        <source>All on the page {0}…</source>
        <translation>Todos na página {0}…</translation>
    </message>
    <message>
        <source>Found everywhere</source>
        <translation>Encontrado em todo o lado</translation>
    </message>
    <message>
        <source>Nothing found for “{0}”</source>
        <translation>Nada encontrado para “{0}”</translation>
    </message>
    <message>
        <source>Search people, courses, pages…</source>
        <translation>Procurar pessoas, cursos, páginas…</translation>
    </message>
    <message>
        <source>Searching…</source>
        <translation>A procurar…</translation>
    </message>
    <message>
        <source>action</source>
        <translation>ação</translation>
    </message>
    <message>
        <source>open course</source>
        <translation>abrir curso</translation>
    </message>
    <message>
        <source>page</source>
        <translation>página</translation>
    </message>
</context>
<context>
    <name>QuizEditor</name>
    <message numerus="yes">
        <source>%n minute(s)</source>
        <translation>
            <numerusform>%n minuto</numerusform>
            <numerusform>%n minutos</numerusform>
        </translation>
    </message>
    <message>
        <source>Questions</source>
        <translation>Perguntas</translation>
    </message>
    <message>
        <source>Quiz after lesson {0}</source>
        <translation>Questionário depois da lição {0}</translation>
    </message>
    <message>
        <source>Quiz of a lesson</source>
        <translation>Questionário de uma lição</translation>
    </message>
    <message>
        <source>Quiz of no course</source>
        <translation>Questionário de nenhum curso</translation>
    </message>
    <message>
        <source>Quiz of the course</source>
        <translation>Questionário do curso</translation>
    </message>
    <message>
        <source>Results</source>
        <translation>Resultados</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>Definições</translation>
    </message>
    <message>
        <source>draft</source>
        <translation>rascunho</translation>
    </message>
    <message>
        <source>no time limit</source>
        <translation>sem limite de tempo</translation>
    </message>
    <message>
        <source>pass at {0} %</source>
        <translation>aprovação com {0} %</translation>
    </message>
    <message>
        <source>shuffled</source>
        <translation>baralhadas</translation>
    </message>
</context>
<context>
    <name>QuizOutcome</name>
    <message numerus="yes">
        <source>%n question(s) are not marked by themselves and do not count here.</source>
        <translation>
            <numerusform>%n pergunta não se corrige por si e não conta aqui.</numerusform>
            <numerusform>%n perguntas não se corrigem por si e não contam aqui.</numerusform>
        </translation>
    </message>
    <message>
        <source>Not passed</source>
        <translation>Não aprovado</translation>
    </message>
    <message>
        <source>Nothing of this preview is kept.</source>
        <translation>Nada desta pré-visualização se conserva.</translation>
    </message>
    <message>
        <source>Passed</source>
        <translation>Aprovado</translation>
    </message>
    <message>
        <source>The time is up: what was answered by then counts.</source>
        <translation>O tempo acabou: conta o que foi respondido até aí.</translation>
    </message>
    <message>
        <source>There is no score: nothing in this quiz is marked by itself.</source>
        <translation>Não há classificação: nada neste questionário se corrige por si.</translation>
    </message>
    <message>
        <source>{0} %</source>
        <translation>{0} %</translation>
    </message>
    <message>
        <source>{0}: {1} of the points, {2} of {3}. The pass mark is {4}.</source>
        <translation>{0}: {1} dos pontos, {2} de {3}. A nota de aprovação é {4}.</translation>
    </message>
</context>
<context>
    <name>RecordForm</name>
    <message>
        <source>Nothing is selected</source>
        <translation>Nada está selecionado</translation>
    </message>
    <message>
        <source>Reading the record…</source>
        <translation>A ler o registo…</translation>
    </message>
    <message>
        <source>Select a row to see the {0} here.</source>
        <translation>Selecione uma linha para a ver aqui.</translation>
    </message>
    <message>
        <source>This cannot be found: it was deleted, or it is not yours to see.</source>
        <translation>Isto não se encontra: foi eliminado, ou não o pode ver.</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Tentar de novo</translation>
    </message>
    <message>
        <source>Without a name</source>
        <translation>Sem nome</translation>
    </message>
</context>
<context>
    <name>RecordHeader</name>
    <message>
        <source>Arrows choose a column, Space sorts by it</source>
        <translation>As setas escolhem uma coluna, Espaço ordena por ela</translation>
    </message>
    <message>
        <source>Columns</source>
        <translation>Colunas</translation>
    </message>
</context>
<context>
    <name>RecordHistory</name>
    <message>
        <source>Nothing was done to it here yet.</source>
        <translation>Aqui ainda nada lhe foi feito.</translation>
    </message>
    <message>
        <source>Reading the history</source>
        <translation>A ler o histórico</translation>
    </message>
    <message>
        <source>Reading the history…</source>
        <translation>A ler o histórico…</translation>
    </message>
    <message>
        <source>Show in the history</source>
        <translation>Mostrar no histórico</translation>
    </message>
    <message>
        <source>Show more</source>
        <translation>Mostrar mais</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Tentar de novo</translation>
    </message>
    <message>
        <source>What other programs write is not listed.</source>
        <translation>O que outros programas escrevem não aparece na lista.</translation>
    </message>
    <message>
        <source>You have not changed it yet.</source>
        <translation>Ainda não o alterou.</translation>
    </message>
</context>
<context>
    <name>RecordTable</name>
    <message>
        <source>No</source>
        <translation>Não</translation>
    </message>
    <message>
        <source>Yes</source>
        <translation>Sim</translation>
    </message>
    <message>
        <source>empty</source>
        <translation>vazio</translation>
    </message>
</context>
<context>
    <name>RefValues</name>
    <message>
        <source>Click to take it out</source>
        <translation>Clicar retira-o</translation>
    </message>
    <message>
        <source>Found</source>
        <translation>Encontrados</translation>
    </message>
    <message>
        <source>Looking…</source>
        <translation>A procurar…</translation>
    </message>
    <message>
        <source>Nothing found for “{0}”.</source>
        <translation>Nada encontrado para “{0}”.</translation>
    </message>
    <message>
        <source>Picked</source>
        <translation>Escolhidos</translation>
    </message>
    <message>
        <source>These are the first {0}. Type more to find others.</source>
        <translation>Estes são os primeiros {0}. Digite mais para encontrar outros.</translation>
    </message>
    <message>
        <source>Type to find…</source>
        <translation>Escreva para procurar…</translation>
    </message>
</context>
<context>
    <name>ReferenceEditor</name>
    <message>
        <source>Choose one from the list.</source>
        <translation>Escolha um da lista.</translation>
    </message>
    <message>
        <source>Nothing is found for “{0}”.</source>
        <translation>Nada se encontra para “{0}”.</translation>
    </message>
    <message>
        <source>Searching…</source>
        <translation>A procurar…</translation>
    </message>
    <message>
        <source>Show the list (Down)</source>
        <translation>Mostrar a lista (Baixo)</translation>
    </message>
    <message>
        <source>There is nothing to choose from yet.</source>
        <translation>Ainda não há nada que escolher.</translation>
    </message>
    <message>
        <source>Type to find…</source>
        <translation>Escreva para procurar…</translation>
    </message>
</context>
<context>
    <name>RegradeDialog</name>
    <message numerus="yes">
        <source>%n in which nothing gives points</source>
        <translation>
            <numerusform>%n em que nada dá pontos</numerusform>
            <numerusform>%n em que nada dá pontos</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n result(s) change, of which {0} now pass and {1} no longer do. Unchanged: {2}.</source>
        <translation>
            <numerusform>%n resultado muda: passam a aprovados {0}, deixam de o ser {1}. Sem alteração: {2}.</numerusform>
            <numerusform>%n resultados mudam: passam a aprovados {0}, deixam de o ser {1}. Sem alteração: {2}.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n still under way</source>
        <translation>
            <numerusform>%n ainda em curso</numerusform>
            <numerusform>%n ainda em curso</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n whose answers are kept by place</source>
        <translation>
            <numerusform>%n com respostas por posição</numerusform>
            <numerusform>%n com respostas por posição</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n whose answers cannot be read</source>
        <translation>
            <numerusform>%n com respostas ilegíveis</numerusform>
            <numerusform>%n com respostas ilegíveis</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n with what only a person can mark</source>
        <translation>
            <numerusform>%n com algo que só uma pessoa pode avaliar</numerusform>
            <numerusform>%n com algo que só uma pessoa pode avaliar</numerusform>
        </translation>
    </message>
    <message>
        <source>Apply</source>
        <translation>Aplicar</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Cancelar</translation>
    </message>
    <message>
        <source>Cancelled. Nothing was changed.</source>
        <translation>Cancelado. Nada foi alterado.</translation>
    </message>
    <message numerus="yes">
        <source>Change %n result(s)</source>
        <translation>
            <numerusform>Alterar %n resultado</numerusform>
            <numerusform>Alterar %n resultados</numerusform>
        </translation>
    </message>
    <message>
        <source>Finding out whose result changes</source>
        <translation>A ver quem muda de resultado</translation>
    </message>
    <message>
        <source>Finding out whose result changes…</source>
        <translation>A ver quem muda de resultado…</translation>
    </message>
    <message>
        <source>It is right only where no question was moved or deleted since they were written.</source>
        <translation>Só está certo se nenhuma pergunta foi movida ou eliminada desde que foram escritas.</translation>
    </message>
    <message>
        <source>Left as they are: {0}.</source>
        <translation>Ficam como estão: {0}.</translation>
    </message>
    <message>
        <source>Mark those too whose answers are kept by place</source>
        <translation>Avaliar também as que têm respostas por posição</translation>
    </message>
    <message>
        <source>Mark those too, leaving out what only a person can mark</source>
        <translation>Avaliar também essas, deixando de fora o que só uma pessoa pode avaliar</translation>
    </message>
    <message>
        <source>No result changes.</source>
        <translation>Nenhum resultado muda.</translation>
    </message>
    <message>
        <source>Nobody has taken this quiz yet.</source>
        <translation>Ainda ninguém fez este questionário.</translation>
    </message>
    <message>
        <source>Points that were given by hand are lost: they stand nowhere but in the score.</source>
        <translation>Os pontos dados à mão perdem-se: só estão na classificação.</translation>
    </message>
    <message>
        <source>Regrade</source>
        <translation>Reavaliar</translation>
    </message>
    <message>
        <source>Regrade “{0}”</source>
        <translation>Reavaliar “{0}”</translation>
    </message>
    <message>
        <source>Regrading “{0}”</source>
        <translation>A reavaliar “{0}”</translation>
    </message>
    <message>
        <source>Results that change</source>
        <translation>Resultados que mudam</translation>
    </message>
    <message>
        <source>Scores are percentages of points.</source>
        <translation>As classificações são percentagens de pontos.</translation>
    </message>
    <message>
        <source>Writing the results…</source>
        <translation>A escrever os resultados…</translation>
    </message>
    <message>
        <source>{0} of {1} attempts looked at</source>
        <translation>{0} de {1} tentativas vistas</translation>
    </message>
</context>
<context>
    <name>RegradesModel</name>
    <message>
        <source>New result</source>
        <translation>Novo resultado</translation>
    </message>
    <message>
        <source>New score</source>
        <translation>Nova classificação</translation>
    </message>
    <message>
        <source>Not passed</source>
        <translation>Não aprovado</translation>
    </message>
    <message>
        <source>Passed</source>
        <translation>Aprovado</translation>
    </message>
    <message>
        <source>Result</source>
        <translation>Resultado</translation>
    </message>
    <message>
        <source>Score</source>
        <translation>Classificação</translation>
    </message>
    <message>
        <source>Student</source>
        <translation>Aluno</translation>
    </message>
    <message>
        <source>The percentage of points</source>
        <translation>A percentagem de pontos</translation>
    </message>
</context>
<context>
    <name>RehearseDialog</name>
    <message>
        <source>Cancel</source>
        <translation>Cancelar</translation>
    </message>
    <message>
        <source>Everything is run for real and measured, and then all of it is taken back.</source>
        <translation>Tudo se executa a sério e se mede, e depois tudo se desfaz.</translation>
    </message>
    <message>
        <source>On a copy of the database</source>
        <translation>Numa cópia da base de dados</translation>
    </message>
    <message>
        <source>On this database</source>
        <translation>Nesta base de dados</translation>
    </message>
    <message>
        <source>Rehearse</source>
        <translation>Ensaiar</translation>
    </message>
    <message>
        <source>Rehearse {0}</source>
        <translation>Ensaiar {0}</translation>
    </message>
    <message>
        <source>Time limit in seconds</source>
        <translation>Limite de tempo em segundos</translation>
    </message>
    <message>
        <source>What commits in its midst can be rehearsed only on a copy.</source>
        <translation>O que confirma a meio só se pode ensaiar numa cópia.</translation>
    </message>
</context>
<context>
    <name>RelatedList</name>
    <message>
        <source>No {0} here yet.</source>
        <translation>Ainda não há {0} aqui.</translation>
    </message>
    <message>
        <source>Open course</source>
        <translation>Abrir curso</translation>
    </message>
    <message>
        <source>Reading {0}…</source>
        <translation>A ler {0}…</translation>
    </message>
    <message>
        <source>Show all</source>
        <translation>Mostrar tudo</translation>
    </message>
    <message>
        <source>Show all on the page {0}</source>
        <translation>Mostrar tudo na página {0}</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Tentar de novo</translation>
    </message>
</context>
<context>
    <name>ResultsExport</name>
    <message>
        <source>CSV files (*.csv)</source>
        <translation>Ficheiros CSV (*.csv)</translation>
    </message>
    <message>
        <source>Cancelled. Nothing was written.</source>
        <translation>Cancelado. Nada foi escrito.</translation>
    </message>
    <message>
        <source>Export results</source>
        <translation>Exportar resultados</translation>
    </message>
    <message>
        <source>Reading the attempts</source>
        <translation>A ler as tentativas</translation>
    </message>
    <message>
        <source>Writing the file</source>
        <translation>A escrever o ficheiro</translation>
    </message>
    <message>
        <source>Written to {0}.</source>
        <translation>Escrito em {0}.</translation>
    </message>
</context>
<context>
    <name>ResultsOverview</name>
    <message>
        <source>As a picture</source>
        <translation>Como imagem</translation>
    </message>
    <message>
        <source>As a table</source>
        <translation>Como tabela</translation>
    </message>
    <message>
        <source>Attempts appear here as students begin them on the web.</source>
        <translation>As tentativas aparecem aqui à medida que os alunos as começam na web.</translation>
    </message>
    <message>
        <source>How hard the questions are</source>
        <translation>Dificuldade das perguntas</translation>
    </message>
    <message>
        <source>Nobody has taken this quiz yet.</source>
        <translation>Ainda ninguém fez este questionário.</translation>
    </message>
    <message>
        <source>Questions</source>
        <translation>Perguntas</translation>
    </message>
    <message>
        <source>Scores</source>
        <translation>Classificações</translation>
    </message>
    <message>
        <source>Scores are percentages of points.</source>
        <translation>As classificações são percentagens de pontos.</translation>
    </message>
    <message>
        <source>Something has changed since</source>
        <translation>Algo mudou desde então</translation>
    </message>
    <message>
        <source>Spread of the scores</source>
        <translation>Distribuição das classificações</translation>
    </message>
    <message>
        <source>Work out again</source>
        <translation>Calcular de novo</translation>
    </message>
    <message numerus="yes">
        <source>Worked out from %n attempt(s) that ended</source>
        <translation>
            <numerusform>Calculado a partir de %n tentativa terminada</numerusform>
            <numerusform>Calculado a partir de %n tentativas terminadas</numerusform>
        </translation>
    </message>
    <message>
        <source>{0} of {1} attempts looked at…</source>
        <translation>{0} de {1} tentativas vistas…</translation>
    </message>
</context>
<context>
    <name>ResultsPage</name>
    <message>
        <source>No quiz is chosen.</source>
        <translation>Nenhum questionário está escolhido.</translation>
    </message>
    <message>
        <source>Preview as a student</source>
        <translation>Pré-visualizar como aluno</translation>
    </message>
    <message>
        <source>Results</source>
        <translation>Resultados</translation>
    </message>
    <message>
        <source>Results of {0}</source>
        <translation>Resultados de {0}</translation>
    </message>
    <message>
        <source>Show quizzes</source>
        <translation>Mostrar questionários</translation>
    </message>
</context>
<context>
    <name>ResultsView</name>
    <message numerus="yes">
        <source>%n attempt(s)</source>
        <translation>
            <numerusform>%n tentativa</numerusform>
            <numerusform>%n tentativas</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n under way</source>
        <translation>
            <numerusform>%n em curso</numerusform>
            <numerusform>%n em curso</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n without a score</source>
        <translation>
            <numerusform>%n sem classificação</numerusform>
            <numerusform>%n sem classificação</numerusform>
        </translation>
    </message>
    <message>
        <source>Attempts</source>
        <translation>Tentativas</translation>
    </message>
    <message>
        <source>Export…</source>
        <translation>Exportar…</translation>
    </message>
    <message>
        <source>Looking at the answers</source>
        <translation>A ver as respostas</translation>
    </message>
    <message>
        <source>Looking at the answers…</source>
        <translation>A ver as respostas…</translation>
    </message>
    <message>
        <source>Overview</source>
        <translation>Visão geral</translation>
    </message>
    <message>
        <source>Reading the attempts…</source>
        <translation>A ler as tentativas…</translation>
    </message>
    <message>
        <source>Reading the results…</source>
        <translation>A ler os resultados…</translation>
    </message>
    <message>
        <source>Regrade…</source>
        <translation>Reavaliar…</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Tentar de novo</translation>
    </message>
    <message>
        <source>median {0} % of the points</source>
        <translation>mediana {0} % dos pontos</translation>
    </message>
    <message>
        <source>usually {0} min</source>
        <translation>em geral {0} min</translation>
    </message>
    <message>
        <source>{0} % passed</source>
        <translation>{0} % aprovados</translation>
    </message>
</context>
<context>
    <name>RevertDialog</name>
    <message numerus="yes">
        <source>%n row(s) are no longer as it left them.</source>
        <translation>
            <numerusform>%n linha já não está como ficou.</numerusform>
            <numerusform>%n linhas já não estão como ficaram.</numerusform>
        </translation>
    </message>
    <message>
        <source>Comes back</source>
        <translation>Volta</translation>
    </message>
    <message>
        <source>Goes again</source>
        <translation>Desaparece de novo</translation>
    </message>
    <message>
        <source>Is changed back</source>
        <translation>Volta ao valor anterior</translation>
    </message>
    <message>
        <source>Leave everything as it is</source>
        <translation>Deixar tudo como está</translation>
    </message>
    <message>
        <source>Leave it</source>
        <translation>Deixar assim</translation>
    </message>
    <message>
        <source>Nothing is left of it to take back.</source>
        <translation>Já não há nada a repor.</translation>
    </message>
    <message>
        <source>Nothing was changed.</source>
        <translation>Nada foi alterado.</translation>
    </message>
    <message>
        <source>Take back</source>
        <translation>Repor</translation>
    </message>
    <message numerus="yes">
        <source>Take back the other %n row(s)</source>
        <translation>
            <numerusform>Repor a outra linha (%n)</numerusform>
            <numerusform>Repor as outras %n linhas</numerusform>
        </translation>
    </message>
    <message>
        <source>Take back “{0}”?</source>
        <translation>Repor “{0}”?</translation>
    </message>
    <message>
        <source>This is saved as a change of its own, and can be taken back too.</source>
        <translation>Isto guarda-se como uma alteração própria, e também se pode repor.</translation>
    </message>
    <message>
        <source>What stands in the way</source>
        <translation>O que está no caminho</translation>
    </message>
    <message numerus="yes">
        <source>and %n more row(s)</source>
        <translation>
            <numerusform>e mais %n linha</numerusform>
            <numerusform>e mais %n linhas</numerusform>
        </translation>
    </message>
    <message>
        <source>“{0}” cannot be taken back</source>
        <translation>“{0}” não se pode repor</translation>
    </message>
    <message>
        <source>“{0}” cannot be taken back as a whole</source>
        <translation>“{0}” não se pode repor por inteiro</translation>
    </message>
</context>
<context>
    <name>Reverter</name>
    <message>
        <source>Cancelled. Nothing was changed.</source>
        <translation>Cancelado. Nada foi alterado.</translation>
    </message>
    <message>
        <source>Looking at what stands in the way</source>
        <translation>A ver o que está no caminho</translation>
    </message>
    <message>
        <source>Looking at what taking it back would change</source>
        <translation>A ver o que a reposição alteraria</translation>
    </message>
    <message>
        <source>Nothing was changed.</source>
        <translation>Nada foi alterado.</translation>
    </message>
    <message>
        <source>Something else is being done just now. One after the other.</source>
        <translation>Já está outra coisa em curso. Uma coisa de cada vez.</translation>
    </message>
    <message>
        <source>Taking back “{0}”</source>
        <translation>A repor “{0}”</translation>
    </message>
    <message>
        <source>“{0}” was taken back already.</source>
        <translation>“{0}” já foi reposto.</translation>
    </message>
</context>
<context>
    <name>RevisionDetail</name>
    <message>
        <source>A rehearsal runs everything for real, measures it, and takes it back.</source>
        <translation>Um ensaio executa tudo a sério, mede e desfaz.</translation>
    </message>
    <message>
        <source>Applied on {0} by {1}, as {2}.</source>
        <translation>Aplicada em {0} por {1}, como {2}.</translation>
    </message>
    <message>
        <source>It is applied; when and by whom is not on record.</source>
        <translation>Está aplicada; quando e por quem, não está registado.</translation>
    </message>
    <message>
        <source>Its SQL depends on the database; a rehearsal shows it.</source>
        <translation>O seu SQL depende da base de dados; um ensaio mostra-o.</translation>
    </message>
    <message>
        <source>Not rehearsed yet.</source>
        <translation>Ainda não ensaiada.</translation>
    </message>
    <message>
        <source>Nothing was applied yet.</source>
        <translation>Ainda nada foi aplicado.</translation>
    </message>
    <message>
        <source>Parts of the revision</source>
        <translation>Partes da revisão</translation>
    </message>
    <message>
        <source>Plan</source>
        <translation>Plano</translation>
    </message>
    <message>
        <source>Put on record on {0} by {1}, as {2}.</source>
        <translation>Registada em {0} por {1}, como {2}.</translation>
    </message>
    <message>
        <source>Reading…</source>
        <translation>A ler…</translation>
    </message>
    <message>
        <source>Rehearsal</source>
        <translation>Ensaio</translation>
    </message>
    <message>
        <source>Rehearse…</source>
        <translation>Ensaiar…</translation>
    </message>
    <message>
        <source>SQL</source>
        <translation>SQL</translation>
    </message>
    <message>
        <source>This application does not know this revision.</source>
        <translation>Esta aplicação não conhece esta revisão.</translation>
    </message>
    <message>
        <source>What a rollback loses</source>
        <translation>O que uma reversão perde</translation>
    </message>
</context>
<context>
    <name>RevisionList</name>
    <message>
        <source>Revisions</source>
        <translation>Revisões</translation>
    </message>
</context>
<context>
    <name>RevisionRow</name>
    <message>
        <source>applied</source>
        <translation>aplicada</translation>
    </message>
    <message>
        <source>pending</source>
        <translation>pendente</translation>
    </message>
    <message>
        <source>running</source>
        <translation>em curso</translation>
    </message>
</context>
<context>
    <name>RevisionsModel</name>
    <message>
        <source>applied</source>
        <translation>aplicada</translation>
    </message>
    <message>
        <source>pending</source>
        <translation>pendente</translation>
    </message>
    <message>
        <source>unknown</source>
        <translation>desconhecida</translation>
    </message>
</context>
<context>
    <name>RollbackDialog</name>
    <message>
        <source>Cancel</source>
        <translation>Cancelar</translation>
    </message>
    <message>
        <source>First the database is saved to {0}.</source>
        <translation>Primeiro guarda-se a base de dados em {0}.</translation>
    </message>
    <message>
        <source>Lost for good</source>
        <translation>Perdido de vez</translation>
    </message>
    <message>
        <source>No data goes: what is undone holds none.</source>
        <translation>Não se perdem dados: o que se desfaz não tem nenhuns.</translation>
    </message>
    <message>
        <source>Nothing is left but an empty database. Nobody can sign in to it before it is set up anew.</source>
        <translation>Fica apenas uma base de dados vazia. Ninguém pode iniciar sessão antes de ser preparada de novo.</translation>
    </message>
    <message>
        <source>Roll back</source>
        <translation>Reverter</translation>
    </message>
    <message numerus="yes">
        <source>Roll back %n revision(s) of {0}?</source>
        <translation>
            <numerusform>Reverter %n revisão de {0}?</numerusform>
            <numerusform>Reverter %n revisões de {0}?</numerusform>
        </translation>
    </message>
    <message>
        <source>Roll back {0}</source>
        <translation>Reverter {0}</translation>
    </message>
    <message>
        <source>The database is not saved first.</source>
        <translation>A base de dados não é guardada primeiro.</translation>
    </message>
    <message>
        <source>This application needs the newest revision. Until it is applied again, only this page works here, and nobody else can work with this application; the web application may fail as well.</source>
        <translation>Esta aplicação precisa da revisão mais recente. Até ser aplicada de novo, aqui só esta página funciona, e mais ninguém pode trabalhar com esta aplicação; a aplicação web também pode falhar.</translation>
    </message>
    <message>
        <source>Type the database&apos;s name, {0}, to go on</source>
        <translation>Escreva o nome da base de dados, {0}, para continuar</translation>
    </message>
    <message>
        <source>Without the change log nothing that is done here can be taken back any more.</source>
        <translation>Sem o registo de alterações já nada do que aqui se fizer se pode repor.</translation>
    </message>
</context>
<context>
    <name>RowActions</name>
    <message>
        <source>Copy</source>
        <translation>Copiar</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>Eliminar</translation>
    </message>
    <message>
        <source>No filter shows these rows alone.</source>
        <translation>Nenhum filtro mostra só estas linhas.</translation>
    </message>
    <message>
        <source>Show only these</source>
        <translation>Mostrar só estes</translation>
    </message>
</context>
<context>
    <name>RowWords</name>
    <message>
        <source>1 row</source>
        <translation>1 linha</translation>
    </message>
    <message>
        <source>Row {0} of {1}</source>
        <translation>Linha {0} de {1}</translation>
    </message>
    <message>
        <source>Rows {0} to {1} of {2}</source>
        <translation>Linhas {0} a {1} de {2}</translation>
    </message>
    <message>
        <source>Sorted by {0}, {1}</source>
        <translation>Ordenado por {0}, {1}</translation>
    </message>
    <message>
        <source>ascending</source>
        <translation>crescente</translation>
    </message>
    <message>
        <source>descending</source>
        <translation>decrescente</translation>
    </message>
    <message>
        <source>then by {0}</source>
        <translation>depois por {0}</translation>
    </message>
    <message>
        <source>{0} rows</source>
        <translation>{0} linhas</translation>
    </message>
    <message>
        <source>{0} selected</source>
        <translation>{0} selecionadas</translation>
    </message>
</context>
<context>
    <name>RunView</name>
    <message numerus="yes">
        <source>%n revision(s) applied.</source>
        <translation>
            <numerusform>%n revisão aplicada.</numerusform>
            <numerusform>%n revisões aplicadas.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n revision(s) rolled back.</source>
        <translation>
            <numerusform>%n revisão revertida.</numerusform>
            <numerusform>%n revisões revertidas.</numerusform>
        </translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Cancelar</translation>
    </message>
    <message>
        <source>Cancel: {0}</source>
        <translation>Cancelar: {0}</translation>
    </message>
    <message>
        <source>Copy details</source>
        <translation>Copiar pormenores</translation>
    </message>
    <message>
        <source>Done in {0}.</source>
        <translation>Feito em {0}.</translation>
    </message>
    <message>
        <source>Give up</source>
        <translation>Desistir</translation>
    </message>
    <message>
        <source>Log</source>
        <translation>Registo</translation>
    </message>
    <message>
        <source>Log of the run</source>
        <translation>Registo da execução</translation>
    </message>
    <message>
        <source>Not rehearsed, for it commits in its midst: {0}.</source>
        <translation>Não ensaiada, porque confirma a meio: {0}.</translation>
    </message>
    <message>
        <source>Statement {0} of {1}: {2}</source>
        <translation>Instrução {0} de {1}: {2}</translation>
    </message>
    <message>
        <source>Statement {0}: {1}</source>
        <translation>Instrução {0}: {1}</translation>
    </message>
    <message>
        <source>Statements of the run</source>
        <translation>Instruções da execução</translation>
    </message>
    <message>
        <source>Stopping; what is not committed is rolled back…</source>
        <translation>A parar; o que não está confirmado é revertido…</translation>
    </message>
    <message>
        <source>The database as it was before is in {0}.</source>
        <translation>A base de dados como estava antes está em {0}.</translation>
    </message>
    <message>
        <source>The table could not be locked in {0} tries: it is held by {1}. Nothing is held by us.</source>
        <translation>A tabela não se conseguiu em {0} tentativas: está ocupada por {1}. Nós não ocupamos nada.</translation>
    </message>
    <message>
        <source>Wait</source>
        <translation>Esperar</translation>
    </message>
    <message>
        <source>{0} ({1} of {2})</source>
        <translation>{0} ({1} de {2})</translation>
    </message>
    <message>
        <source>{0} rehearsed in {1} on a copy with {2} rows.</source>
        <translation>{0}: ensaio em {1} numa cópia com {2} linhas.</translation>
    </message>
    <message>
        <source>{0} rehearsed in {1} on this database with {2} rows.</source>
        <translation>{0}: ensaio em {1} nesta base de dados com {2} linhas.</translation>
    </message>
</context>
<context>
    <name>Safety</name>
    <message>
        <source>Beforehand</source>
        <translation>Antes</translation>
    </message>
</context>
<context>
    <name>Saving</name>
    <message>
        <source>Comparing</source>
        <translation>A comparar</translation>
    </message>
    <message>
        <source>Discard</source>
        <translation>Descartar</translation>
    </message>
    <message numerus="yes">
        <source>Discard %n unsaved change(s)?</source>
        <translation>
            <numerusform>Descartar %n alteração por guardar?</numerusform>
            <numerusform>Descartar %n alterações por guardar?</numerusform>
        </translation>
    </message>
    <message>
        <source>Look it up now</source>
        <translation>Verificar agora</translation>
    </message>
    <message>
        <source>Nothing was overwritten.</source>
        <translation>Nada foi substituído.</translation>
    </message>
    <message>
        <source>Save again</source>
        <translation>Guardar de novo</translation>
    </message>
    <message>
        <source>Saving</source>
        <translation>A guardar</translation>
    </message>
    <message>
        <source>Show it</source>
        <translation>Mostrar</translation>
    </message>
    <message>
        <source>Show the {0} that is there</source>
        <translation>Mostrar o que existe: {0}</translation>
    </message>
    <message>
        <source>Show what changed</source>
        <translation>Mostrar o que mudou</translation>
    </message>
    <message>
        <source>The connection is back. Nothing was saved yet.</source>
        <translation>A ligação voltou. Ainda nada foi guardado.</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Tentar de novo</translation>
    </message>
    <message>
        <source>What was typed and not saved is gone then.</source>
        <translation>O que escreveu e não guardou perde-se então.</translation>
    </message>
</context>
<context>
    <name>SchemaState</name>
    <message>
        <source>Looking at the schema</source>
        <translation>A ver o esquema</translation>
    </message>
</context>
<context>
    <name>SchemaWatch</name>
    <message>
        <source>An administrator has taken the database back to {0}, with which this application cannot work.</source>
        <translation>Um administrador fez a base de dados voltar a {0}, com que esta aplicação não pode trabalhar.</translation>
    </message>
    <message>
        <source>Go to the start</source>
        <translation>Ir para o início</translation>
    </message>
    <message>
        <source>The tables that this application works with are gone.</source>
        <translation>As tabelas com que esta aplicação trabalha já não existem.</translation>
    </message>
    <message>
        <source>You cannot go on working here</source>
        <translation>Não pode continuar a trabalhar aqui</translation>
    </message>
</context>
<context>
    <name>ScorePicture</name>
    <message>
        <source>Pass mark {0} %</source>
        <translation>Nota de aprovação {0} %</translation>
    </message>
    <message>
        <source>Scores: {0}.</source>
        <translation>Classificações: {0}.</translation>
    </message>
    <message>
        <source>Spread of the scores</source>
        <translation>Distribuição das classificações</translation>
    </message>
    <message>
        <source>The pass mark is {0} %.</source>
        <translation>A nota de aprovação é {0} %.</translation>
    </message>
    <message>
        <source>There is no score yet.</source>
        <translation>Ainda não há classificações.</translation>
    </message>
    <message>
        <source>{0}: {1}</source>
        <translation>{0}: {1}</translation>
    </message>
</context>
<context>
    <name>SearchBox</name>
    <message>
        <source>Empty the search</source>
        <translation>Limpar a procura</translation>
    </message>
</context>
<context>
    <name>SecretEditor</name>
    <message>
        <source>Hide the password</source>
        <translation>Esconder a palavra-passe</translation>
    </message>
    <message>
        <source>Make up a password</source>
        <translation>Inventar uma palavra-passe</translation>
    </message>
    <message>
        <source>Once it is saved, a new password cannot be taken back.</source>
        <translation>Depois de guardada, uma nova palavra-passe não se pode repor.</translation>
    </message>
    <message>
        <source>Set a new password…</source>
        <translation>Definir nova palavra-passe…</translation>
    </message>
    <message>
        <source>Show the password</source>
        <translation>Mostrar a palavra-passe</translation>
    </message>
</context>
<context>
    <name>SelectedRows</name>
    <message>
        <source>Reading what is selected</source>
        <translation>A ler o que está selecionado</translation>
    </message>
</context>
<context>
    <name>SessionsModel</name>
    <message>
        <source>Holds</source>
        <translation>Ocupa</translation>
    </message>
    <message>
        <source>Lock</source>
        <translation>Bloqueio</translation>
    </message>
    <message>
        <source>Process</source>
        <translation>Processo</translation>
    </message>
    <message>
        <source>Since</source>
        <translation>Desde</translation>
    </message>
    <message>
        <source>Who</source>
        <translation>Quem</translation>
    </message>
</context>
<context>
    <name>ShortcutsDialog</name>
    <message>
        <source>Among the filters</source>
        <translation>Nos filtros</translation>
    </message>
    <message>
        <source>Back to where you were; a mouse&apos;s back button does it too</source>
        <translation>Voltar onde estava; o botão de voltar do rato também o faz</translation>
    </message>
    <message>
        <source>Bold in a lesson&apos;s text; Ctrl+I makes it italic</source>
        <translation>Negrito no texto de uma lição; Ctrl+I põe em itálico</translation>
    </message>
    <message>
        <source>Change the filter</source>
        <translation>Alterar o filtro</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Fechar</translation>
    </message>
    <message>
        <source>Copy the cell, or all rows that are selected</source>
        <translation>Copiar a célula, ou todas as linhas selecionadas</translation>
    </message>
    <message>
        <source>Delete, after showing what goes with it</source>
        <translation>Eliminar, depois de mostrar o que vai com ele</translation>
    </message>
    <message>
        <source>Edit the cell; Enter does too</source>
        <translation>Editar a célula; Enter também</translation>
    </message>
    <message>
        <source>Edit what is chosen</source>
        <translation>Editar o que está escolhido</translation>
    </message>
    <message>
        <source>Everywhere</source>
        <translation>Em todo o lado</translation>
    </message>
    <message>
        <source>First column; with Ctrl the first row</source>
        <translation>Primeira coluna; com Ctrl a primeira linha</translation>
    </message>
    <message>
        <source>Fold; Right unfolds</source>
        <translation>Recolher; Direita expande</translation>
    </message>
    <message>
        <source>Forward again</source>
        <translation>Avançar de novo</translation>
    </message>
    <message>
        <source>Give the cell&apos;s change up, or stop a long reading</source>
        <translation>Desistir da alteração da célula ou parar uma leitura longa</translation>
    </message>
    <message>
        <source>Go to the first row that begins with them, in its order</source>
        <translation>Ir para a primeira linha que começa assim, na ordem mostrada</translation>
    </message>
    <message>
        <source>In a course</source>
        <translation>Num curso</translation>
    </message>
    <message>
        <source>In a table</source>
        <translation>Numa tabela</translation>
    </message>
    <message>
        <source>Keyboard shortcuts</source>
        <translation>Atalhos de teclado</translation>
    </message>
    <message>
        <source>Last column; with Ctrl the last row</source>
        <translation>Última coluna; com Ctrl a última linha</translation>
    </message>
    <message>
        <source>Make again what was taken back</source>
        <translation>Refazer o que foi reposto</translation>
    </message>
    <message>
        <source>Menu of the rows, or of the title of a column; the menu key does it too</source>
        <translation>Menu das linhas ou do título de uma coluna; a tecla de menu também serve</translation>
    </message>
    <message>
        <source>Move what is chosen up; with Down down, with Home and End to the ends</source>
        <translation>Mover para cima o que está escolhido; com Baixo para baixo, com Home e End para as pontas</translation>
    </message>
    <message>
        <source>New lesson behind the one chosen; in a quiz a new question</source>
        <translation>Nova lição a seguir à escolhida; num questionário, nova pergunta</translation>
    </message>
    <message>
        <source>New row</source>
        <translation>Nova linha</translation>
    </message>
    <message>
        <source>Open the course of the row</source>
        <translation>Abrir o curso da linha</translation>
    </message>
    <message>
        <source>Preferences</source>
        <translation>Preferências</translation>
    </message>
    <message>
        <source>Refresh, keeping the row</source>
        <translation>Atualizar, mantendo a linha</translation>
    </message>
    <message>
        <source>Save, the open editor&apos;s value included</source>
        <translation>Guardar, incluindo o valor do editor aberto</translation>
    </message>
    <message>
        <source>Search here</source>
        <translation>Procurar aqui</translation>
    </message>
    <message>
        <source>Search people, courses and pages</source>
        <translation>Procurar pessoas, cursos e páginas</translation>
    </message>
    <message>
        <source>Select all rows; Shift and the arrows select several</source>
        <translation>Selecionar todas as linhas; Shift e as setas selecionam várias</translation>
    </message>
    <message>
        <source>Set to no value (NULL)</source>
        <translation>Deixar sem valor (NULL)</translation>
    </message>
    <message>
        <source>Take back: in the open editor, else the last unsaved change, else the last save</source>
        <translation>Repor: no editor aberto, senão a última alteração por guardar, senão a última gravação</translation>
    </message>
    <message>
        <source>Take the filter away</source>
        <translation>Retirar o filtro</translation>
    </message>
    <message>
        <source>Take the value and go on to the right</source>
        <translation>Aceitar o valor e seguir para a direita</translation>
    </message>
    <message>
        <source>This list</source>
        <translation>Esta lista</translation>
    </message>
    <message>
        <source>letters</source>
        <translation>letras</translation>
    </message>
</context>
<context>
    <name>SignIn</name>
    <message>
        <source>&amp;E-mail</source>
        <translation>&amp;E-mail</translation>
    </message>
    <message>
        <source>&amp;Password</source>
        <translation>&amp;Palavra-passe</translation>
    </message>
    <message>
        <source>One click signs you in. Each role sees its own part of the school.</source>
        <translation>Um clique inicia a sessão. Cada perfil vê a sua parte da escola.</translation>
    </message>
    <message>
        <source>People of the demo</source>
        <translation>Pessoas da demonstração</translation>
    </message>
    <message>
        <source>Sign in</source>
        <translation>Iniciar sessão</translation>
    </message>
    <message>
        <source>you@school.edu</source>
        <translation>nome@escola.pt</translation>
    </message>
</context>
<context>
    <name>SignInScreen</name>
    <message>
        <source>Connect to another database…</source>
        <translation>Ligar a outra base de dados…</translation>
    </message>
    <message>
        <source>Sign in</source>
        <translation>Iniciar sessão</translation>
    </message>
    <message>
        <source>Signing in…</source>
        <translation>A iniciar sessão…</translation>
    </message>
    <message numerus="yes">
        <source>Too many attempts have failed. Try again in %n s.</source>
        <translation>
            <numerusform>Falharam demasiadas tentativas. Tente de novo dentro de %n s.</numerusform>
            <numerusform>Falharam demasiadas tentativas. Tente de novo dentro de %n s.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Sitting</name>
    <message>
        <source>Opening LMS Desktop</source>
        <translation>A abrir o LMS Desktop</translation>
    </message>
</context>
<context>
    <name>SlowReading</name>
    <message>
        <source>Nothing was read.</source>
        <translation>Nada foi lido.</translation>
    </message>
    <message>
        <source>Read it now</source>
        <translation>Ler agora</translation>
    </message>
    <message>
        <source>Reading for {0} s.</source>
        <translation>A ler há {0} s.</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Parar</translation>
    </message>
    <message>
        <source>Stopped: what is shown is what was shown before.</source>
        <translation>Parado: mostra-se o que se mostrava antes.</translation>
    </message>
</context>
<context>
    <name>SpreadModel</name>
    <message>
        <source>Attempts</source>
        <translation>Tentativas</translation>
    </message>
    <message>
        <source>Score</source>
        <translation>Classificação</translation>
    </message>
    <message>
        <source>Share</source>
        <translation>Parte</translation>
    </message>
    <message>
        <source>The percentage of points</source>
        <translation>A percentagem de pontos</translation>
    </message>
</context>
<context>
    <name>SqlTab</name>
    <message>
        <source>Copy</source>
        <translation>Copiar</translation>
    </message>
    <message>
        <source>SQL</source>
        <translation>SQL</translation>
    </message>
</context>
<context>
    <name>StartFlow</name>
    <message>
        <source>A school of its own, on this computer alone.</source>
        <translation>Uma escola própria, só neste computador.</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>Voltar</translation>
    </message>
    <message>
        <source>Back to the demo</source>
        <translation>Voltar à demonstração</translation>
    </message>
    <message>
        <source>Connecting</source>
        <translation>A ligar</translation>
    </message>
    <message>
        <source>Demo school</source>
        <translation>Escola de demonstração</translation>
    </message>
    <message>
        <source>Looking at the database</source>
        <translation>A ver a base de dados</translation>
    </message>
    <message>
        <source>Preparing the demo</source>
        <translation>A preparar a demonstração</translation>
    </message>
    <message>
        <source>this computer</source>
        <translation>este computador</translation>
    </message>
    <message>
        <source>this computer · embedded</source>
        <translation>este computador · incorporada</translation>
    </message>
</context>
<context>
    <name>StartWindow</name>
    <message>
        <source>Preferences</source>
        <translation>Preferências</translation>
    </message>
</context>
<context>
    <name>StatusBar</name>
    <message>
        <source> · {0} ms</source>
        <translation> · {0} ms</translation>
    </message>
    <message>
        <source>Checking every 2 s</source>
        <translation>Verificado a cada 2 s</translation>
    </message>
    <message>
        <source>Connected</source>
        <translation>Ligado</translation>
    </message>
    <message>
        <source>Live</source>
        <translation>Ao vivo</translation>
    </message>
    <message>
        <source>Moments are shown in this time zone</source>
        <translation>Os momentos mostram-se neste fuso horário</translation>
    </message>
    <message>
        <source>The server does not call: it is asked every 2 seconds.</source>
        <translation>O servidor não avisa: pergunta-se-lhe a cada 2 segundos.</translation>
    </message>
    <message>
        <source>What others save appears here at once.</source>
        <translation>O que outros guardam aparece aqui de imediato.</translation>
    </message>
    <message>
        <source>What others save is shown when you refresh.</source>
        <translation>O que outros guardam mostra-se ao atualizar.</translation>
    </message>
</context>
<context>
    <name>StepCard</name>
    <message>
        <source>Commits in its midst: it cannot be rehearsed on this database, only on a copy.</source>
        <translation>Confirma a meio: não se pode ensaiar nesta base de dados, só numa cópia.</translation>
    </message>
    <message>
        <source>Its SQL depends on the database; a rehearsal shows it.</source>
        <translation>O seu SQL depende da base de dados; um ensaio mostra-o.</translation>
    </message>
    <message>
        <source>May write {0} anew, row by row; a rehearsal shows it.</source>
        <translation>Talvez escreva {0} de novo, linha a linha; um ensaio mostra-o.</translation>
    </message>
    <message>
        <source>Tables: {0}.</source>
        <translation>Tabelas: {0}.</translation>
    </message>
    <message>
        <source>Writes no table anew.</source>
        <translation>Não escreve de novo nenhuma tabela.</translation>
    </message>
    <message>
        <source>Writes {0} anew, row by row.</source>
        <translation>Escreve {0} de novo, linha a linha.</translation>
    </message>
</context>
<context>
    <name>Studies</name>
    <message>
        <source>Reading {0}</source>
        <translation>A ler {0}</translation>
    </message>
</context>
<context>
    <name>TableKeys</name>
    <message>
        <source>This cannot be changed here.</source>
        <translation>Isto não pode ser alterado aqui.</translation>
    </message>
    <message>
        <source>This field always needs a value.</source>
        <translation>Este campo precisa sempre de um valor.</translation>
    </message>
</context>
<context>
    <name>TakeQuizDialog</name>
    <message>
        <source>All on one page</source>
        <translation>Todas numa página</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>Voltar</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Fechar</translation>
    </message>
    <message>
        <source>Finish</source>
        <translation>Terminar</translation>
    </message>
    <message>
        <source>Next</source>
        <translation>Seguinte</translation>
    </message>
    <message>
        <source>One by one</source>
        <translation>Uma a uma</translation>
    </message>
    <message>
        <source>Preview as a student</source>
        <translation>Pré-visualizar como aluno</translation>
    </message>
    <message>
        <source>Question {0} of {1}</source>
        <translation>Pergunta {0} de {1}</translation>
    </message>
    <message>
        <source>Reading the quiz…</source>
        <translation>A ler o questionário…</translation>
    </message>
    <message>
        <source>Take it again</source>
        <translation>Fazer de novo</translation>
    </message>
    <message numerus="yes">
        <source>This is the quiz as it is saved: %n unsaved change(s) are not in it.</source>
        <translation>
            <numerusform>Este é o questionário tal como está guardado: sem %n alteração por guardar.</numerusform>
            <numerusform>Este é o questionário tal como está guardado: sem %n alterações por guardar.</numerusform>
        </translation>
    </message>
    <message>
        <source>This quiz has no questions yet.</source>
        <translation>Este questionário ainda não tem perguntas.</translation>
    </message>
    <message>
        <source>{0} left</source>
        <translation>faltam {0}</translation>
    </message>
    <message>
        <source>{0} of {1} answered</source>
        <translation>{0} de {1} respondidas</translation>
    </message>
</context>
<context>
    <name>TopBar</name>
    <message>
        <source>Back</source>
        <translation>Voltar</translation>
    </message>
    <message>
        <source>Back to {0}</source>
        <translation>Voltar a {0}</translation>
    </message>
    <message>
        <source>Forward</source>
        <translation>Avançar</translation>
    </message>
    <message>
        <source>Forward to {0}</source>
        <translation>Avançar para {0}</translation>
    </message>
    <message>
        <source>Refresh</source>
        <translation>Atualizar</translation>
    </message>
    <message>
        <source>Up to {0}</source>
        <translation>Subir a {0}</translation>
    </message>
</context>
<context>
    <name>TruthChoice</name>
    <message>
        <source>False</source>
        <translation>Falso</translation>
    </message>
    <message>
        <source>Right answer</source>
        <translation>Resposta certa</translation>
    </message>
    <message>
        <source>True</source>
        <translation>Verdadeiro</translation>
    </message>
    <message>
        <source>right answer</source>
        <translation>resposta certa</translation>
    </message>
</context>
<context>
    <name>TypeAhead</name>
    <message>
        <source>Find “{0}”…</source>
        <translation>Procurar “{0}”…</translation>
    </message>
    <message>
        <source>Finding “{0}”</source>
        <translation>A procurar “{0}”</translation>
    </message>
    <message>
        <source>{0}: nothing begins with “{1}”.</source>
        <translation>{0}: nada começa por “{1}”.</translation>
    </message>
</context>
<context>
    <name>Undoing</name>
    <message>
        <source>Done again: {0}</source>
        <translation>Refeito: {0}</translation>
    </message>
    <message>
        <source>Nothing was made again.</source>
        <translation>Nada foi refeito.</translation>
    </message>
    <message>
        <source>Nothing was taken back.</source>
        <translation>Nada foi reposto.</translation>
    </message>
    <message>
        <source>Redo</source>
        <translation>Refazer</translation>
    </message>
    <message>
        <source>Show</source>
        <translation>Mostrar</translation>
    </message>
    <message>
        <source>There is nothing to make again.</source>
        <translation>Não há nada a refazer.</translation>
    </message>
    <message>
        <source>There is nothing to take back.</source>
        <translation>Não há nada a repor.</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>Anular</translation>
    </message>
    <message>
        <source>Undone: {0}</source>
        <translation>Anulado: {0}</translation>
    </message>
    <message>
        <source>Waiting for what is being saved…</source>
        <translation>À espera do que está a ser guardado…</translation>
    </message>
    <message>
        <source>last unsaved edit</source>
        <translation>última edição por guardar</translation>
    </message>
    <message>
        <source>{0} takes back the last unsaved edit</source>
        <translation>{0} repõe a última edição por guardar</translation>
    </message>
    <message>
        <source>{0} takes back what you typed last</source>
        <translation>{0} desfaz o que escreveu por último</translation>
    </message>
    <message>
        <source>{0} undoes “{1}”</source>
        <translation>{0} anula “{1}”</translation>
    </message>
</context>
<context>
    <name>UnsavedBar</name>
    <message numerus="yes">
        <source>%n unsaved changes</source>
        <translation>
            <numerusform>%n alteração por guardar</numerusform>
            <numerusform>%n alterações por guardar</numerusform>
        </translation>
    </message>
    <message>
        <source>1 unsaved change</source>
        <translation>1 alteração por guardar</translation>
    </message>
    <message>
        <source>Discard</source>
        <translation>Descartar</translation>
    </message>
    <message>
        <source>Preview</source>
        <translation>Pré-visualizar</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>Guardar</translation>
    </message>
    <message>
        <source>Saving…</source>
        <translation>A guardar…</translation>
    </message>
</context>
<context>
    <name>ValueText</name>
    <message>
        <source>Show all of {0}</source>
        <translation>Mostrar {0} por inteiro</translation>
    </message>
    <message>
        <source>Show all…</source>
        <translation>Mostrar tudo…</translation>
    </message>
    <message>
        <source>empty text</source>
        <translation>texto vazio</translation>
    </message>
    <message>
        <source>this text</source>
        <translation>este texto</translation>
    </message>
</context>
<context>
    <name>VideoRow</name>
    <message>
        <source>Watch on {0}…</source>
        <translation>Ver em {0}…</translation>
    </message>
</context>
<context>
    <name>WaitSheet</name>
    <message>
        <source>Cancel</source>
        <translation>Cancelar</translation>
    </message>
</context>
<context>
    <name>Whereabouts</name>
    <message>
        <source>counting</source>
        <translation>a contar</translation>
    </message>
</context>
<context>
    <name>WorkBar</name>
    <message>
        <source>Cancel</source>
        <translation>Cancelar</translation>
    </message>
    <message>
        <source>Cancel: {0}</source>
        <translation>Cancelar: {0}</translation>
    </message>
</context>
<context>
    <name>_Needed</name>
    <message>
        <source>This application needs the newest revision: below it only this page works, until it is applied again.</source>
        <translation>Esta aplicação precisa da revisão mais recente: abaixo dela só esta página funciona, até ser aplicada de novo.</translation>
    </message>
    <message>
        <source>Without the change log nothing that is done here can be taken back, and what it holds goes.</source>
        <translation>Sem o registo de alterações nada do que aqui se faz se pode repor, e o que ele contém perde-se.</translation>
    </message>
</context>
<context>
    <name>_Scroll</name>
    <message>
        <source>Contents</source>
        <translation>Conteúdo</translation>
    </message>
</context>
<context>
    <name>_Step</name>
    <message>
        <source>done</source>
        <translation>feito</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>falhou</translation>
    </message>
</context>
</TS>
