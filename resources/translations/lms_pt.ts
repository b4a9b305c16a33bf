<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="pt_PT" sourcelanguage="en_US">
<context>
    <name></name>
    <message>
        <source>A JSON list is wanted here, such as [&quot;red&quot;, &quot;blue&quot;].</source>
        <translation>Aqui é preciso uma lista JSON, como [&quot;red&quot;, &quot;blue&quot;].</translation>
    </message>
    <message>
        <source>A JSON object is wanted here, such as {&quot;colour&quot;: &quot;blue&quot;}.</source>
        <translation>Aqui é preciso um objeto JSON, como {&quot;colour&quot;: &quot;blue&quot;}.</translation>
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
        <source>A moment is written like 2026-11-20 10:00.</source>
        <translation>Um momento escreve-se assim: 2026-11-20 10:00.</translation>
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
        <source>A quiz of neither a course nor a lesson is the administrators&apos;.</source>
        <translation>Um questionário que não é de um curso nem de uma lição pertence aos administradores.</translation>
    </message>
    <message>
        <source>A rule of the database does not allow this.</source>
        <translation>Uma regra da base de dados não o permite.</translation>
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
        <source>Another person has the e-mail address{value} already.</source>
        <translation>Outra pessoa já tem o endereço de e-mail{value}.</translation>
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
        <source>Any server with a certificate of the same issuer could pose as this one.</source>
        <translation>Qualquer servidor com um certificado do mesmo emissor poderia fazer-se passar por este.</translation>
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
        <source>Completed</source>
        <translation>Concluída</translation>
    </message>
    <message>
        <source>Completed at</source>
        <translation>Concluída em</translation>
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
        <source>Connecting.</source>
        <translation>A ligar.</translation>
    </message>
    <message>
        <source>Content</source>
        <translation>Conteúdo</translation>
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
        <source>Free about 200 MB, then try again.</source>
        <translation>Liberte cerca de 200 MB e tente de novo.</translation>
    </message>
    <message>
        <source>Further data</source>
        <translation>Outros dados</translation>
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
        <source>Have encryption set up on the server; sslmode=disable in the address goes without, readable by others.</source>
        <translation>Mande configurar a cifra no servidor; com sslmode=disable no endereço passa-se sem ela, legível por outros.</translation>
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
        <source>Indexes for performance, security constraints.</source>
        <translation>Índices para a rapidez, regras para a segurança.</translation>
    </message>
    <message>
        <source>Initial tables: users, courses, lessons, enrollments.</source>
        <translation>Tabelas iniciais: pessoas, cursos, lições, inscrições.</translation>
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
        <source>It is there again: somebody else restored it.</source>
        <translation>Já lá está de novo: outra pessoa restaurou-o.</translation>
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
        <source>Lesson</source>
        <translation>Lição</translation>
    </message>
    <message>
        <source>Lesson progress</source>
        <translation>Progresso na lição</translation>
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
        <source>Live</source>
        <translation>Ativa</translation>
    </message>
    <message>
        <source>Look again when that is done.</source>
        <translation>Volte a ver quando isso terminar.</translation>
    </message>
    <message>
        <source>Look at it once more, then delete it if you still want to.</source>
        <translation>Veja-o de novo e elimine-o se ainda quiser.</translation>
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
        <source>Make somebody else an administrator first.</source>
        <translation>Torne primeiro outra pessoa administradora.</translation>
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
        <source>Mind capital letters. An administrator can give you a new password.</source>
        <translation>Atenção às maiúsculas. Um administrador pode dar-lhe uma nova palavra-passe.</translation>
    </message>
    <message>
        <source>Move the folder away to begin with a new one.</source>
        <translation>Mova a pasta para começar com uma nova.</translation>
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
        <source>No database is named.</source>
        <translation>Não está indicada nenhuma base de dados.</translation>
    </message>
    <message>
        <source>No lesson has been begun yet. Students make progress on the web; you can record it here too.</source>
        <translation>Ainda não foi começada nenhuma lição. Os alunos progridem na web; também o pode registar aqui.</translation>
    </message>
    <message>
        <source>Nobody can simply listen, but somebody on the way could pose as the server.</source>
        <translation>Ninguém pode simplesmente escutar, mas alguém pelo caminho poderia fazer-se passar pelo servidor.</translation>
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
        <source>Not admitted</source>
        <translation>Não admitido</translation>
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
        <source>Nothing that was deleted here is missing. What you delete is listed here and can be restored.</source>
        <translation>Não falta nada do que aqui foi eliminado. O que eliminar aparece aqui e pode ser restaurado.</translation>
    </message>
    <message>
        <source>Number</source>
        <translation>Número</translation>
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
        <source>Options</source>
        <translation>Opções</translation>
    </message>
    <message>
        <source>Order of questions</source>
        <translation>Ordem das perguntas</translation>
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
        <source>Password</source>
        <translation>Palavra-passe</translation>
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
        <source>Place</source>
        <translation>Posição</translation>
    </message>
    <message>
        <source>Points</source>
        <translation>Pontos</translation>
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
        <source>Reprint the one that is there instead.</source>
        <translation>Reimprima antes o que já existe.</translation>
    </message>
    <message>
        <source>Result</source>
        <translation>Resultado</translation>
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
        <source>Run “alembic upgrade head” first, or open the window, which offers it.</source>
        <translation>Execute primeiro “alembic upgrade head”, ou abra a janela, que o oferece.</translation>
    </message>
    <message>
        <source>Save once more.</source>
        <translation>Guarde mais uma vez.</translation>
    </message>
    <message>
        <source>Saved the {thing}.</source>
        <translation>Guardado: {thing}.</translation>
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
        <source>Saved {n} {things}. {restored} of them had been deleted meanwhile and were restored, but not the {lost} rows that went with them.</source>
        <translation>{n} {things}: alterações guardadas. {restored} tinham sido eliminados entretanto e foram restaurados, mas não as {lost} linhas que foram com eles.</translation>
    </message>
    <message>
        <source>Saved {n} {things}. {restored} of them had been deleted meanwhile and were restored.</source>
        <translation>{n} {things}: alterações guardadas. {restored} tinham sido eliminados entretanto e foram restaurados.</translation>
    </message>
    <message>
        <source>Say --yes where sample people and courses are to stand beside what is there.</source>
        <translation>Indique --yes se pessoas e cursos de exemplo devem ficar ao lado do que lá está.</translation>
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
        <source>Select or filter fewer, and delete them part by part.</source>
        <translation>Selecione ou filtre menos, e elimine por partes.</translation>
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
        <source>Somebody else is using this just now.</source>
        <translation>Outra pessoa está a usar isto agora.</translation>
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
        <source>Students</source>
        <translation>Alunos</translation>
    </message>
    <message>
        <source>Students cannot sign in here.</source>
        <translation>Os alunos não podem iniciar sessão aqui.</translation>
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
        <source>The PostgreSQL that the demo uses is not installed.</source>
        <translation>O PostgreSQL que a demonstração usa não está instalado.</translation>
    </message>
    <message>
        <source>The account {account}, which PostgreSQL runs under, cannot go into the folder {folder}.</source>
        <translation>A conta {account}, sob a qual o PostgreSQL funciona, não pode entrar na pasta {folder}.</translation>
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
        <source>The connection to the database was lost at the very moment of saving.</source>
        <translation>A ligação à base de dados perdeu-se no preciso momento de guardar.</translation>
    </message>
    <message>
        <source>The connection to the database was lost.</source>
        <translation>Perdeu-se a ligação à base de dados.</translation>
    </message>
    <message>
        <source>The data in {folder} was made by PostgreSQL {made_with} and cannot be opened by {version}.</source>
        <translation>Os dados em {folder} foram criados pelo PostgreSQL {made_with} e não podem ser abertos pelo {version}.</translation>
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
        <source>The database {database} is not the demo&apos;s, and nothing was added to it.</source>
        <translation>A base de dados {database} não é a da demonstração, e nada lhe foi acrescentado.</translation>
    </message>
    <message>
        <source>The database&apos;s address cannot be understood.</source>
        <translation>Não se percebe o endereço da base de dados.</translation>
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
        <source>The page “{page}” can be drawn only of the demo, with --sign-in EMAIL.</source>
        <translation>A página “{page}” só se pode desenhar da demonstração, com --sign-in E-MAIL.</translation>
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
        <source>The picture cannot be saved as {file}.</source>
        <translation>Não é possível guardar a imagem como {file}.</translation>
    </message>
    <message>
        <source>The port in the database&apos;s address must be from 1 to 65535.</source>
        <translation>A porta no endereço da base de dados tem de ser de 1 a 65535.</translation>
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
        <source>The server has run out of memory or of another resource; nothing was changed.</source>
        <translation>O servidor ficou sem memória ou outro recurso; nada foi alterado.</translation>
    </message>
    <message>
        <source>The server has trouble with its own files.</source>
        <translation>O servidor tem problemas com os seus próprios ficheiros.</translation>
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
        <source>The window was not ready to be drawn in time.</source>
        <translation>A janela não ficou pronta a tempo de ser desenhada.</translation>
    </message>
    <message>
        <source>The work took longer than the server allows; nothing was changed.</source>
        <translation>O trabalho demorou mais do que o servidor permite; nada foi alterado.</translation>
    </message>
    <message>
        <source>There are no courses yet. Begin with a title and somebody who teaches it.</source>
        <translation>Ainda não há cursos. Comece com um título e alguém que o lecione.</translation>
    </message>
    <message>
        <source>There are no lessons yet. A course is made of them: add its first one.</source>
        <translation>Ainda não há lições. Um curso é feito delas: adicione a primeira.</translation>
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
        <source>There is a NUL character in this text; PostgreSQL cannot store it.</source>
        <translation>Há um carácter NUL neste texto; o PostgreSQL não o pode guardar.</translation>
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
        <source>There is no PostgreSQL in {folder}.</source>
        <translation>Não há PostgreSQL em {folder}.</translation>
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
        <source>They cannot be given to what is being deleted as well.</source>
        <translation>Não podem passar para o que também vai ser eliminado.</translation>
    </message>
    <message>
        <source>This JSON is nested too deeply.</source>
        <translation>Este JSON tem níveis a mais.</translation>
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
        <source>This database can only be read at present, perhaps because it is a standby.</source>
        <translation>De momento esta base de dados só se pode ler, talvez por estar de reserva.</translation>
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
        <source>This database is at revision {revision}, which this program does not know.</source>
        <translation>Esta base de dados está na revisão {revision}, que este programa não conhece.</translation>
    </message>
    <message>
        <source>This database is being migrated by somebody else just now ({holder}).</source>
        <translation>Esta base de dados está agora a ser migrada por outra pessoa ({holder}).</translation>
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
        <source>This is not JSON yet: line {line}, column {column}: {reason}.</source>
        <translation>Isto ainda não é JSON: linha {line}, coluna {column}: {reason}.</translation>
    </message>
    <message>
        <source>This is not in the database any more; somebody has deleted it.</source>
        <translation>Isto já não está na base de dados; alguém o eliminou.</translation>
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
        <source>This may not be blank.</source>
        <translation>Isto não pode estar em branco.</translation>
    </message>
    <message>
        <source>This met with another change of the same rows; nothing was changed.</source>
        <translation>Isto coincidiu com outra alteração das mesmas linhas; nada foi alterado.</translation>
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
        <source>This program is for the school&apos;s staff.</source>
        <translation>Este programa é para o pessoal da escola.</translation>
    </message>
    <message>
        <source>This program works with PostgreSQL alone; the address is one of {other}.</source>
        <translation>Este programa só funciona com PostgreSQL; o endereço é de {other}.</translation>
    </message>
    <message>
        <source>This student is enrolled in this course already.</source>
        <translation>Este aluno já está inscrito neste curso.</translation>
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
        <source>Try again, or choose another place.</source>
        <translation>Tente de novo, ou escolha outro local.</translation>
    </message>
    <message>
        <source>Try again, or narrow down what you are looking for.</source>
        <translation>Tente de novo, ou restrinja o que procura.</translation>
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
        <source>What the person signs in with.</source>
        <translation>Com isto a pessoa inicia sessão.</translation>
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
        <source>When</source>
        <translation>Quando</translation>
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
        <source>Whoever should get them is not there any more.</source>
        <translation>Quem os devia receber já não existe.</translation>
    </message>
    <message>
        <source>Whoever works in a revoked session must sign in again. This cannot be undone. Revoke {n}?</source>
        <translation>Quem trabalha numa sessão revogada tem de iniciar sessão de novo. Isto não se pode anular. Revogar {n}?</translation>
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
        <source>Your account has been deactivated.</source>
        <translation>A sua conta foi desativada.</translation>
    </message>
    <message>
        <source>Your account no longer exists.</source>
        <translation>A sua conta já não existe.</translation>
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
        <source>changed</source>
        <translation>alterado</translation>
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
        <source>lessons</source>
        <translation>lições</translation>
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
        <source>soft hyphen</source>
        <translation>hífen opcional</translation>
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
        <source>{count} rows are selected; at most {most} are deleted at one time. Nothing was deleted.</source>
        <translation>Estão selecionadas {count} linhas; eliminam-se no máximo {most} de cada vez. Nada foi eliminado.</translation>
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
        <source>System</source>
        <translation>Sistema</translation>
    </message>
    <message>
        <source>Version</source>
        <translation>Versão</translation>
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
    <name>DeleteDialog</name>
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
    <message>
        <source>Delete</source>
        <translation>Eliminar</translation>
    </message>
    <message>
        <source>Delete {0} {1}</source>
        <translation>Eliminar {0} {1}</translation>
    </message>
    <message>
        <source>Deleted with it</source>
        <translation>Eliminado com ele</translation>
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
        <source>Reading what is selected</source>
        <translation>A ler o que está selecionado</translation>
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
    <name>EntityPage</name>
    <message>
        <source>History of {0}</source>
        <translation>Histórico de {0}</translation>
    </message>
    <message>
        <source>Reading {0}…</source>
        <translation>A ler {0}…</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>Guardar</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Tentar de novo</translation>
    </message>
    <message>
        <source>You are editing it too: nothing is overwritten.</source>
        <translation>Também o está a editar: nada é substituído.</translation>
    </message>
    <message>
        <source>in {0} {1}</source>
        <translation>em {0} {1}</translation>
    </message>
    <message>
        <source>{0} match</source>
        <translation>{0} encontrados</translation>
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
        <source>Forget a view</source>
        <translation>Esquecer uma vista</translation>
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
        <source>Search, filters and columns.</source>
        <translation>Procura, filtros e colunas.</translation>
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
        <source>It is empty. These steps make the LMS&apos;s tables in it; all of them or none.</source>
        <translation>Está vazia. Estes passos criam nela as tabelas do LMS; todas ou nenhuma.</translation>
    </message>
    <message>
        <source>Nobody can administer this school yet. This person will be able to do everything in it.</source>
        <translation>Ainda ninguém pode administrar esta escola. Esta pessoa poderá fazer tudo nela.</translation>
    </message>
    <message>
        <source>Set up the database</source>
        <translation>Preparar a base de dados</translation>
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
    <name>FoundList</name>
    <message>
        <source>Found</source>
        <translation>Encontrados</translation>
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
    <name>MainWindow</name>
    <message>
        <source> · {0} ms</source>
        <translation> · {0} ms</translation>
    </message>
    <message>
        <source>About</source>
        <translation>Acerca</translation>
    </message>
    <message>
        <source>Checking every 2 s</source>
        <translation>A verificar a cada 2 s</translation>
    </message>
    <message>
        <source>Connect to another database…</source>
        <translation>Ligar a outra base de dados…</translation>
    </message>
    <message>
        <source>Connected</source>
        <translation>Ligado</translation>
    </message>
    <message>
        <source>Keyboard shortcuts</source>
        <translation>Atalhos de teclado</translation>
    </message>
    <message>
        <source>Live</source>
        <translation>Em direto</translation>
    </message>
    <message>
        <source>Moments are shown in this time zone</source>
        <translation>Os momentos mostram-se neste fuso horário</translation>
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
        <source>The server does not call: it is asked every 2 seconds.</source>
        <translation>O servidor não avisa: é consultado a cada 2 segundos.</translation>
    </message>
    <message>
        <source>What others save appears here at once.</source>
        <translation>O que outros guardam aparece aqui de imediato.</translation>
    </message>
    <message>
        <source>What others save is shown when you refresh.</source>
        <translation>O que outros guardam vê-se quando atualizar.</translation>
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
        <source>not connected</source>
        <translation>não ligado</translation>
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
    <name>PageParts</name>
    <message>
        <source>Nothing matches this search and these filters.</source>
        <translation>Nada corresponde a esta procura e a estes filtros.</translation>
    </message>
    <message>
        <source>Row {0} of {1}</source>
        <translation>Linha {0} de {1}</translation>
    </message>
    <message>
        <source>Show everything</source>
        <translation>Mostrar tudo</translation>
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
        <source>{0} rows</source>
        <translation>{0} linhas</translation>
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
    <name>PersonCard</name>
    <message>
        <source>Opens the menu of your account</source>
        <translation>Abre o menu da sua conta</translation>
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
    <name>QuickSearch</name>
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
        <source>page</source>
        <translation>página</translation>
    </message>
</context>
<context>
    <name>RecordForm</name>
    <message>
        <source>Details</source>
        <translation>Pormenores</translation>
    </message>
    <message>
        <source>History</source>
        <translation>Histórico</translation>
    </message>
    <message>
        <source>Nothing is selected</source>
        <translation>Nada está selecionado</translation>
    </message>
    <message>
        <source>Parts of the record</source>
        <translation>Partes do registo</translation>
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
    <name>RelatedList</name>
    <message>
        <source>No {0} here yet.</source>
        <translation>Ainda não há {0} aqui.</translation>
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
        <source>Show only these</source>
        <translation>Mostrar só estes</translation>
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
        <source>Change the filter</source>
        <translation>Alterar o filtro</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Fechar</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>Copiar</translation>
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
        <source>Everywhere</source>
        <translation>Em todo o lado</translation>
    </message>
    <message>
        <source>First column; with Ctrl the first row</source>
        <translation>Primeira coluna; com Ctrl a primeira linha</translation>
    </message>
    <message>
        <source>Forward again</source>
        <translation>Avançar de novo</translation>
    </message>
    <message>
        <source>Give the cell&apos;s change up</source>
        <translation>Desistir da alteração da célula</translation>
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
        <source>New row</source>
        <translation>Nova linha</translation>
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
    <name>TableModel</name>
    <message>
        <source>counting</source>
        <translation>a contar</translation>
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
</context>
<context>
    <name>Undoing</name>
    <message>
        <source>Done again: {0}</source>
        <translation>Refeito: {0}</translation>
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
        <source>last unsaved edit</source>
        <translation>última edição por guardar</translation>
    </message>
    <message>
        <source>{0} takes back the last unsaved edit</source>
        <translation>{0} repõe a última edição por guardar</translation>
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
    <name>WaitSheet</name>
    <message>
        <source>Cancel</source>
        <translation>Cancelar</translation>
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
