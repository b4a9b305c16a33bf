<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de_DE" sourcelanguage="en_US">
<context>
    <name></name>
    <message>
        <source>1 row of {place}</source>
        <translation>1 Zeile von {place}</translation>
    </message>
    <message>
        <source>1 value of {place}</source>
        <translation>1 Wert von {place}</translation>
    </message>
    <message>
        <source>A JSON list is wanted here, such as [&quot;red&quot;, &quot;blue&quot;].</source>
        <translation>Hier wird eine JSON-Liste gebraucht, etwa [&quot;red&quot;, &quot;blue&quot;].</translation>
    </message>
    <message>
        <source>A JSON object is wanted here, such as {&quot;colour&quot;: &quot;blue&quot;}.</source>
        <translation>Hier wird ein JSON-Objekt gebraucht, etwa {&quot;colour&quot;: &quot;blue&quot;}.</translation>
    </message>
    <message>
        <source>A brace is missing in this question: it was left out.</source>
        <translation>In dieser Frage fehlt eine geschweifte Klammer: Sie wurde ausgelassen.</translation>
    </message>
    <message>
        <source>A certificate hangs on this, and certificates are kept for ever.</source>
        <translation>Daran hängt ein Zertifikat, und Zertifikate werden für immer aufbewahrt.</translation>
    </message>
    <message>
        <source>A certificate has been issued for this enrollment already.</source>
        <translation>Für diese Einschreibung ist bereits ein Zertifikat ausgestellt.</translation>
    </message>
    <message>
        <source>A certificate was issued for this enrollment, and certificates are kept for ever: it cannot be withdrawn.</source>
        <translation>Für diese Einschreibung wurde ein Zertifikat ausgestellt, und Zertifikate werden für immer aufbewahrt: Sie kann nicht aufgehoben werden.</translation>
    </message>
    <message>
        <source>A copy takes about {seconds} s and {megabytes} MB on the server; it is dumped and restored.</source>
        <translation>Eine Kopie braucht etwa {seconds} s und {megabytes} MB auf dem Server; sie entsteht aus einer Sicherung.</translation>
    </message>
    <message>
        <source>A copy takes about {seconds} s and {megabytes} MB on the server; nobody can connect to the database meanwhile.</source>
        <translation>Eine Kopie braucht etwa {seconds} s und {megabytes} MB auf dem Server; solange kann sich niemand mit der Datenbank verbinden.</translation>
    </message>
    <message>
        <source>A date or time is not written as one.</source>
        <translation>Ein Datum oder eine Uhrzeit ist nicht als solche geschrieben.</translation>
    </message>
    <message>
        <source>A day is written like 2026-11-20.</source>
        <translation>Ein Tag wird so geschrieben: 2026-11-20.</translation>
    </message>
    <message>
        <source>A deactivated person cannot sign in; everything they did is kept.</source>
        <translation>Eine deaktivierte Person kann sich nicht anmelden; alles, was sie getan hat, bleibt erhalten.</translation>
    </message>
    <message>
        <source>A faster change log: what changed in a statement is found out first, and no other column is written out.</source>
        <translation>Ein schnelleres Änderungsprotokoll: Zuerst wird festgestellt, was sich in einer Anweisung geändert hat; keine andere Spalte wird ausgeschrieben.</translation>
    </message>
    <message>
        <source>A moment is written like 2026-11-20 10:00.</source>
        <translation>Ein Zeitpunkt wird so geschrieben: 2026-11-20 10:00.</translation>
    </message>
    <message>
        <source>A multiple choice without options cannot be written there.</source>
        <translation>Eine Mehrfachauswahl ohne Antwortmöglichkeiten kann dort nicht geschrieben werden.</translation>
    </message>
    <message>
        <source>A new lesson comes last in its course.</source>
        <translation>Eine neue Lektion kommt an das Ende ihres Kurses.</translation>
    </message>
    <message>
        <source>A new question comes last in its quiz.</source>
        <translation>Eine neue Frage kommt an das Ende ihres Quiz.</translation>
    </message>
    <message>
        <source>A number is too large or too small to be stored.</source>
        <translation>Eine Zahl ist zu groß oder zu klein, um gespeichert zu werden.</translation>
    </message>
    <message>
        <source>A password has at least {least} characters.</source>
        <translation>Ein Passwort hat mindestens {least} Zeichen.</translation>
    </message>
    <message>
        <source>A password may be at most {most} bytes long; this one has {length}.</source>
        <translation>Ein Passwort darf höchstens {most} Byte lang sein; dieses hat {length}.</translation>
    </message>
    <message>
        <source>A password may not be blank.</source>
        <translation>Ein Passwort darf nicht leer sein.</translation>
    </message>
    <message>
        <source>A password may not hold a NUL character.</source>
        <translation>Ein Passwort darf kein NUL-Zeichen enthalten.</translation>
    </message>
    <message>
        <source>A password that was set cannot be taken back: what it was before is written down nowhere.</source>
        <translation>Ein gesetztes Passwort kann nicht zurückgenommen werden: Das vorige ist nirgends aufgeschrieben.</translation>
    </message>
    <message>
        <source>A password that was set stays: what it was before is written down nowhere.</source>
        <translation>Ein gesetztes Passwort bleibt: Das vorige ist nirgends aufgeschrieben.</translation>
    </message>
    <message>
        <source>A port is a number from 1 to 65535.</source>
        <translation>Ein Port ist eine Zahl von 1 bis 65535.</translation>
    </message>
    <message>
        <source>A question of the type {type} cannot be written there.</source>
        <translation>Eine Frage der Art {type} kann dort nicht geschrieben werden.</translation>
    </message>
    <message>
        <source>A question whose options are not understood cannot be written there.</source>
        <translation>Eine Frage, deren Antwortmöglichkeiten nicht zu verstehen sind, kann dort nicht geschrieben werden.</translation>
    </message>
    <message>
        <source>A quiz of neither a course nor a lesson is the administrators&apos;.</source>
        <translation>Ein Quiz, das weder zu einem Kurs noch zu einer Lektion gehört, ist Sache der Administratoren.</translation>
    </message>
    <message>
        <source>A rule of the database does not allow this.</source>
        <translation>Eine Regel der Datenbank lässt das nicht zu.</translation>
    </message>
    <message>
        <source>A short answer with “-&gt;” in it cannot be written as GIFT.</source>
        <translation>Eine Kurzantwort mit „-&gt;“ darin kann nicht als GIFT geschrieben werden.</translation>
    </message>
    <message>
        <source>A short answer without an accepted one cannot be written there.</source>
        <translation>Eine Kurzantwort, zu der keine Antwort gilt, kann dort nicht geschrieben werden.</translation>
    </message>
    <message>
        <source>A star stands for any text in the answer {answer}; here it is a star.</source>
        <translation>Ein Stern steht in der Antwort {answer} für beliebigen Text; hier ist er ein Stern.</translation>
    </message>
    <message>
        <source>A statement that is not said to be true or false cannot be written there.</source>
        <translation>Eine Aussage, von der nicht gesagt ist, ob sie wahr oder falsch ist, kann dort nicht geschrieben werden.</translation>
    </message>
    <message>
        <source>A table could not be locked, because somebody else holds it (tries: {tries}): {who}.</source>
        <translation>Eine Tabelle war nicht zu bekommen, denn jemand anderes hält sie (Versuche: {tries}): {who}.</translation>
    </message>
    <message>
        <source>A text holds a NUL character, which the database cannot store.</source>
        <translation>Ein Text enthält ein NUL-Zeichen, das die Datenbank nicht speichern kann.</translation>
    </message>
    <message>
        <source>A text holds a character that the database cannot read back.</source>
        <translation>Ein Text enthält ein Zeichen, das die Datenbank nicht wieder lesen kann.</translation>
    </message>
    <message>
        <source>A text holds a character that the database cannot store.</source>
        <translation>Ein Text enthält ein Zeichen, das die Datenbank nicht speichern kann.</translation>
    </message>
    <message>
        <source>A text in this JSON holds \u0000 or half a character; PostgreSQL could not read it back.</source>
        <translation>Ein Text in diesem JSON enthält \u0000 oder ein halbes Zeichen; PostgreSQL könnte ihn nicht wieder lesen.</translation>
    </message>
    <message>
        <source>A text is longer than its field allows.</source>
        <translation>Ein Text ist länger, als sein Feld es erlaubt.</translation>
    </message>
    <message>
        <source>A text is longer than the {limit} characters that its field allows.</source>
        <translation>Ein Text ist länger als die {limit} Zeichen, die sein Feld erlaubt.</translation>
    </message>
    <message>
        <source>A value cannot be stored as it is.</source>
        <translation>Ein Wert kann so nicht gespeichert werden.</translation>
    </message>
    <message>
        <source>A value is not of the kind that its field takes.</source>
        <translation>Ein Wert ist nicht von der Art, die sein Feld erwartet.</translation>
    </message>
    <message>
        <source>A value is not valid JSON.</source>
        <translation>Ein Wert ist kein gültiges JSON.</translation>
    </message>
    <message>
        <source>A value is too large for the database.</source>
        <translation>Ein Wert ist zu groß für die Datenbank.</translation>
    </message>
    <message>
        <source>A value that has to be there is missing.</source>
        <translation>Ein Wert fehlt, der vorhanden sein muss.</translation>
    </message>
    <message>
        <source>A web address begins with https:// or http://, or with / for a file of the school&apos;s own.</source>
        <translation>Eine Webadresse beginnt mit https:// oder http://, oder mit / für eine Datei der Schule.</translation>
    </message>
    <message>
        <source>A whole number is wanted here, such as 12.</source>
        <translation>Hier wird eine ganze Zahl gebraucht, etwa 12.</translation>
    </message>
    <message>
        <source>About</source>
        <translation>Betrifft</translation>
    </message>
    <message>
        <source>Account</source>
        <translation>Konto</translation>
    </message>
    <message>
        <source>Activate</source>
        <translation>Aktivieren</translation>
    </message>
    <message>
        <source>Activated {name}.</source>
        <translation>{name} wurde aktiviert.</translation>
    </message>
    <message>
        <source>Activated {n} people.</source>
        <translation>{n} Personen wurden aktiviert.</translation>
    </message>
    <message>
        <source>Active</source>
        <translation>Aktiv</translation>
    </message>
    <message>
        <source>Add lesson</source>
        <translation>Lektion hinzufügen</translation>
    </message>
    <message>
        <source>Add person</source>
        <translation>Person hinzufügen</translation>
    </message>
    <message>
        <source>Add question</source>
        <translation>Frage hinzufügen</translation>
    </message>
    <message>
        <source>Added {name} to {parent}, place {place}.</source>
        <translation>{name} hinzugefügt: {parent}, Position {place}.</translation>
    </message>
    <message>
        <source>Added {n} questions to {parent}, places {place} to {last}.</source>
        <translation>{n} Fragen hinzugefügt: {parent}, Positionen {place} bis {last}.</translation>
    </message>
    <message>
        <source>Additional indexes for queries.</source>
        <translation>Weitere Indizes für Abfragen.</translation>
    </message>
    <message>
        <source>Administration</source>
        <translation>Administration</translation>
    </message>
    <message>
        <source>Administrator</source>
        <translation>Administrator</translation>
    </message>
    <message>
        <source>Advanced</source>
        <translation>Fortgeschritten</translation>
    </message>
    <message>
        <source>All connections of this window to the database are busy.</source>
        <translation>Alle Verbindungen dieses Fensters zur Datenbank sind beschäftigt.</translation>
    </message>
    <message>
        <source>All of the options are marked as right.</source>
        <translation>Alle Antwortmöglichkeiten sind als richtig markiert.</translation>
    </message>
    <message>
        <source>Allow more time, or rehearse on a copy.</source>
        <translation>Lassen Sie mehr Zeit, oder proben Sie auf einer Kopie.</translation>
    </message>
    <message>
        <source>An administrator can activate it again.</source>
        <translation>Ein Administrator kann es wieder aktivieren.</translation>
    </message>
    <message>
        <source>An administrator can delete it, certificate included.</source>
        <translation>Ein Administrator kann sie samt Zertifikat löschen.</translation>
    </message>
    <message>
        <source>An administrator can delete it, certificates included.</source>
        <translation>Ein Administrator kann es samt Zertifikaten löschen.</translation>
    </message>
    <message>
        <source>An administrator can delete it.</source>
        <translation>Ein Administrator kann es löschen.</translation>
    </message>
    <message>
        <source>An administrator can do it or give you the role for it.</source>
        <translation>Ein Administrator kann es tun oder Ihnen die Rolle dafür geben.</translation>
    </message>
    <message>
        <source>An administrator can do it.</source>
        <translation>Ein Administrator kann es tun.</translation>
    </message>
    <message>
        <source>An administrator can give you another.</source>
        <translation>Ein Administrator kann Ihnen eine andere geben.</translation>
    </message>
    <message>
        <source>An administrator can install it here.</source>
        <translation>Ein Administrator kann es hier einrichten.</translation>
    </message>
    <message>
        <source>An administrator can take it back.</source>
        <translation>Ein Administrator kann es zurücknehmen.</translation>
    </message>
    <message>
        <source>An administrator has to apply the pending migrations.</source>
        <translation>Ein Administrator muss die ausstehenden Migrationen anwenden.</translation>
    </message>
    <message>
        <source>An administrator sees what everybody did.</source>
        <translation>Ein Administrator sieht, was alle getan haben.</translation>
    </message>
    <message>
        <source>An e-mail address looks like name@school.edu.</source>
        <translation>Eine E-Mail-Adresse sieht so aus: name@school.edu.</translation>
    </message>
    <message>
        <source>An option in the database&apos;s address is not one that PostgreSQL knows.</source>
        <translation>Eine Option in der Adresse der Datenbank ist PostgreSQL nicht bekannt.</translation>
    </message>
    <message>
        <source>Another administrator can.</source>
        <translation>Ein anderer Administrator kann es.</translation>
    </message>
    <message>
        <source>Another certificate has the number{value} already.</source>
        <translation>Ein anderes Zertifikat hat bereits die Nummer{value}.</translation>
    </message>
    <message>
        <source>Another course has the short name{value} already.</source>
        <translation>Ein anderer Kurs hat bereits den Kurznamen{value}.</translation>
    </message>
    <message>
        <source>Another migration is running in this program.</source>
        <translation>In diesem Programm läuft schon eine andere Migration.</translation>
    </message>
    <message>
        <source>Another person has the e-mail address{value} already.</source>
        <translation>Eine andere Person hat bereits die E-Mail-Adresse{value}.</translation>
    </message>
    <message>
        <source>Another program is writing to the same list all the time. Nothing was changed.</source>
        <translation>Ein anderes Programm schreibt ununterbrochen in dieselbe Liste. Es wurde nichts geändert.</translation>
    </message>
    <message>
        <source>Another session has the same token already.</source>
        <translation>Eine andere Sitzung hat bereits dasselbe Token.</translation>
    </message>
    <message>
        <source>Another window has been starting the embedded PostgreSQL for a minute.</source>
        <translation>Ein anderes Fenster startet seit einer Minute das eingebettete PostgreSQL.</translation>
    </message>
    <message>
        <source>Another {thing} has the same “{column}” already.</source>
        <translation>Ein anderer Eintrag ({thing}) hat bereits denselben Wert in „{column}“.</translation>
    </message>
    <message>
        <source>Answers</source>
        <translation>Antworten</translation>
    </message>
    <message>
        <source>Answers that give a part of the points are left out or wrong here: {answer}.</source>
        <translation>Antworten, die einen Teil der Punkte geben, sind hier ausgelassen oder falsch: {answer}.</translation>
    </message>
    <message>
        <source>Any server with a certificate of the same issuer could pose as this one.</source>
        <translation>Jeder Server mit einem Zertifikat desselben Ausstellers könnte sich als dieser ausgeben.</translation>
    </message>
    <message>
        <source>Apply it again when it suits you.</source>
        <translation>Wenden Sie sie wieder an, wenn es Ihnen passt.</translation>
    </message>
    <message>
        <source>Are nouns written small in the middle of a sentence? yes or no</source>
        <translation>no</translation>
    </message>
    <message>
        <source>As given</source>
        <translation>Wie angegeben</translation>
    </message>
    <message>
        <source>As {role} you may not {verb} some of these.</source>
        <translation>Als {role} dürfen Sie bei einigen davon Folgendes nicht: {verb}.</translation>
    </message>
    <message>
        <source>As {role} you may not {verb} this.</source>
        <translation>Als {role} dürfen Sie hier Folgendes nicht: {verb}.</translation>
    </message>
    <message>
        <source>Ask for the server&apos;s root certificate and put sslrootcert=… into the address; sslmode=require there goes without the proof, but not without the risk.</source>
        <translation>Fragen Sie nach dem Stammzertifikat des Servers und schreiben Sie sslrootcert=… in die Adresse; mit sslmode=require dort geht es ohne den Nachweis, aber nicht ohne das Risiko.</translation>
    </message>
    <message>
        <source>Ask them to finish, then apply it again.</source>
        <translation>Bitten Sie darum, das zu beenden, und wenden Sie sie dann noch einmal an.</translation>
    </message>
    <message>
        <source>Ask whoever administers the database for the right, or use another connection.</source>
        <translation>Bitten Sie den Verwalter der Datenbank um das Recht, oder verwenden Sie eine andere Verbindung.</translation>
    </message>
    <message>
        <source>Ask whoever administers the database.</source>
        <translation>Fragen Sie den Verwalter der Datenbank.</translation>
    </message>
    <message>
        <source>Ask whoever administers the server to allow it.</source>
        <translation>Bitten Sie den Verwalter des Servers, es zu erlauben.</translation>
    </message>
    <message>
        <source>Ask whoever administers the server to upgrade it, or connect to another one.</source>
        <translation>Bitten Sie, wer den Server verwaltet, ihn zu aktualisieren, oder verbinden Sie sich mit einem anderen.</translation>
    </message>
    <message>
        <source>Ask whoever applied it; nothing is offered here that could do harm.</source>
        <translation>Fragen Sie, wer sie angewendet hat; hier wird nichts angeboten, was schaden könnte.</translation>
    </message>
    <message>
        <source>Asked for by the web application.</source>
        <translation>Wird von der Webanwendung verlangt.</translation>
    </message>
    <message>
        <source>Assignment</source>
        <translation>Aufgabe</translation>
    </message>
    <message>
        <source>Assignments</source>
        <translation>Aufgaben</translation>
    </message>
    <message>
        <source>At most {length} characters can be edited here; this has {count}.</source>
        <translation>Hier können höchstens {length} Zeichen bearbeitet werden; dies sind {count}.</translation>
    </message>
    <message>
        <source>At most {length} characters fit; this has {count}.</source>
        <translation>Höchstens {length} Zeichen passen hinein; dies sind {count}.</translation>
    </message>
    <message>
        <source>Attempt</source>
        <translation>Versuch</translation>
    </message>
    <message>
        <source>Attempts</source>
        <translation>Versuche</translation>
    </message>
    <message>
        <source>Beginner</source>
        <translation>Einsteiger</translation>
    </message>
    <message>
        <source>Bringing the schema up to date.</source>
        <translation>Das Schema wird auf den neuesten Stand gebracht.</translation>
    </message>
    <message>
        <source>Cancelled. Nothing was changed.</source>
        <translation>Abgebrochen. Es wurde nichts geändert.</translation>
    </message>
    <message>
        <source>Cannot be changed later: withdraw, then enrol again.</source>
        <translation>Später nicht änderbar: Einschreibung aufheben, dann neu einschreiben.</translation>
    </message>
    <message>
        <source>Capitals do not count in short answers here.</source>
        <translation>Groß und klein zählt in Kurzantworten hier nicht.</translation>
    </message>
    <message>
        <source>Categories are left out: the questions come into one quiz.</source>
        <translation>Kategorien sind ausgelassen: Die Fragen kommen in ein einziges Quiz.</translation>
    </message>
    <message>
        <source>Category</source>
        <translation>Kategorie</translation>
    </message>
    <message>
        <source>Certificate</source>
        <translation>Zertifikat</translation>
    </message>
    <message>
        <source>Certificates</source>
        <translation>Zertifikate</translation>
    </message>
    <message>
        <source>Certificates are kept for ever: issuing one cannot be taken back by you.</source>
        <translation>Zertifikate werden für immer aufbewahrt: Sie können das Ausstellen nicht zurücknehmen.</translation>
    </message>
    <message>
        <source>Change the value and save again.</source>
        <translation>Ändern Sie den Wert und speichern Sie noch einmal.</translation>
    </message>
    <message>
        <source>Change what has to be unique, or edit the one that is there.</source>
        <translation>Ändern Sie, was nur einmal vorkommen darf, oder bearbeiten Sie den vorhandenen Eintrag.</translation>
    </message>
    <message>
        <source>Changed</source>
        <translation>Geändert</translation>
    </message>
    <message>
        <source>Changed something.</source>
        <translation>Etwas wurde geändert.</translation>
    </message>
    <message>
        <source>Changing {things} back: {done} of {count}</source>
        <translation>Wird zurückgeändert: {things}, {done} von {count}</translation>
    </message>
    <message>
        <source>Character {place} is half a character (a lone surrogate); it cannot be stored.</source>
        <translation>Zeichen {place} ist ein halbes Zeichen (ein einzelnes Surrogat); es kann nicht gespeichert werden.</translation>
    </message>
    <message>
        <source>Character {place} of a text is half a character and cannot be stored.</source>
        <translation>Zeichen {place} eines Textes ist ein halbes Zeichen und kann nicht gespeichert werden.</translation>
    </message>
    <message>
        <source>Check both in the connection; this is not your sign-in to the school.</source>
        <translation>Prüfen Sie beides in der Verbindung; es ist nicht Ihre Anmeldung bei der Schule.</translation>
    </message>
    <message>
        <source>Check how the server is spelled in the connection, and the network.</source>
        <translation>Prüfen Sie in der Verbindung, wie der Server geschrieben ist, und das Netzwerk.</translation>
    </message>
    <message>
        <source>Check the database&apos;s name in the connection.</source>
        <translation>Prüfen Sie den Namen der Datenbank in der Verbindung.</translation>
    </message>
    <message>
        <source>Check the network and that the server is running, then try again.</source>
        <translation>Prüfen Sie das Netzwerk und ob der Server läuft, und versuchen Sie es noch einmal.</translation>
    </message>
    <message>
        <source>Check the network and try again.</source>
        <translation>Prüfen Sie das Netzwerk und versuchen Sie es noch einmal.</translation>
    </message>
    <message>
        <source>Choose a file.</source>
        <translation>Wählen Sie eine Datei.</translation>
    </message>
    <message>
        <source>Choose a folder that is open to other accounts, such as one below /var/lib.</source>
        <translation>Wählen Sie einen Ordner, der anderen Konten offensteht, etwa einen unter /var/lib.</translation>
    </message>
    <message>
        <source>Choose a shorter one.</source>
        <translation>Wählen Sie einen kürzeren.</translation>
    </message>
    <message>
        <source>Choose another and save again.</source>
        <translation>Wählen Sie einen anderen Wert und speichern Sie noch einmal.</translation>
    </message>
    <message>
        <source>Choose another file.</source>
        <translation>Wählen Sie eine andere Datei.</translation>
    </message>
    <message>
        <source>Choose another name.</source>
        <translation>Wählen Sie einen anderen Namen.</translation>
    </message>
    <message>
        <source>Choose another one.</source>
        <translation>Wählen Sie etwas anderes.</translation>
    </message>
    <message>
        <source>Choose another place, or ask for the right.</source>
        <translation>Wählen Sie einen anderen Ort, oder bitten Sie um das Recht.</translation>
    </message>
    <message>
        <source>Choose another place.</source>
        <translation>Wählen Sie einen anderen Ort.</translation>
    </message>
    <message>
        <source>Choose another short name.</source>
        <translation>Wählen Sie einen anderen Kurznamen.</translation>
    </message>
    <message>
        <source>Choose another value.</source>
        <translation>Wählen Sie einen anderen Wert.</translation>
    </message>
    <message>
        <source>Choose one from the list.</source>
        <translation>Wählen Sie aus der Liste.</translation>
    </message>
    <message>
        <source>Choose one of these.</source>
        <translation>Wählen Sie eines davon.</translation>
    </message>
    <message>
        <source>Choose the LMS&apos;s database, or an empty one; or let an administrator stamp it with Alembic.</source>
        <translation>Wählen Sie die Datenbank des LMS oder eine leere, oder lassen Sie sie von einem Administrator mit Alembic kennzeichnen.</translation>
    </message>
    <message>
        <source>Close it, then try again.</source>
        <translation>Schließen Sie es und versuchen Sie es noch einmal.</translation>
    </message>
    <message>
        <source>Close other programs and try again.</source>
        <translation>Schließen Sie andere Programme und versuchen Sie es noch einmal.</translation>
    </message>
    <message>
        <source>Close other windows and try again.</source>
        <translation>Schließen Sie andere Fenster und versuchen Sie es noch einmal.</translation>
    </message>
    <message>
        <source>Column {table}.{name} is missing.</source>
        <translation>Die Spalte {table}.{name} fehlt.</translation>
    </message>
    <message>
        <source>Column {table}.{name} is more than the revision makes.</source>
        <translation>Die Spalte {table}.{name} ist mehr, als die Revision anlegt.</translation>
    </message>
    <message>
        <source>Column {table}.{name} is {found} here and should be {wanted}.</source>
        <translation>Die Spalte {table}.{name} ist hier {found} und sollte {wanted} sein.</translation>
    </message>
    <message>
        <source>Column {table}.{name} may be empty here, and should not.</source>
        <translation>Die Spalte {table}.{name} darf hier leer sein und sollte es nicht.</translation>
    </message>
    <message>
        <source>Column {table}.{name} may not be empty here, and should.</source>
        <translation>Die Spalte {table}.{name} darf hier nicht leer sein und sollte es.</translation>
    </message>
    <message>
        <source>Completed</source>
        <translation>Abgeschlossen</translation>
    </message>
    <message>
        <source>Completed at</source>
        <translation>Abgeschlossen am</translation>
    </message>
    <message>
        <source>Connect as a role that may, such as the owner.</source>
        <translation>Verbinden Sie sich mit einer Rolle, die es darf, etwa als Eigentümer.</translation>
    </message>
    <message>
        <source>Connect as its owner.</source>
        <translation>Verbinden Sie sich als Eigentümer.</translation>
    </message>
    <message>
        <source>Connect to PostgreSQL itself, or tell the pooler to let “options” pass.</source>
        <translation>Verbinden Sie sich mit PostgreSQL selbst, oder lassen Sie den Pooler „options“ durchlassen.</translation>
    </message>
    <message>
        <source>Connect to one first.</source>
        <translation>Stellen Sie zuerst eine Verbindung her.</translation>
    </message>
    <message>
        <source>Connect to the primary server to change anything.</source>
        <translation>Verbinden Sie sich mit dem Primärserver, um etwas zu ändern.</translation>
    </message>
    <message>
        <source>Connect to the server that is written to.</source>
        <translation>Verbinden Sie sich mit dem Server, auf den geschrieben wird.</translation>
    </message>
    <message>
        <source>Connecting.</source>
        <translation>Verbindung wird hergestellt.</translation>
    </message>
    <message>
        <source>Constraint {name} of {table} is missing: {wanted}.</source>
        <translation>Die Regel {name} von {table} fehlt: {wanted}.</translation>
    </message>
    <message>
        <source>Constraint {name} of {table} is more than the revision makes: {found}.</source>
        <translation>Die Regel {name} von {table} ist mehr, als die Revision anlegt: {found}.</translation>
    </message>
    <message>
        <source>Constraint {name} of {table} is {found} here and should be {wanted}.</source>
        <translation>Die Regel {name} von {table} ist hier {found} und sollte {wanted} sein.</translation>
    </message>
    <message>
        <source>Constraint {name} of {table} was never checked against the rows that are there.</source>
        <translation>Die Regel {name} von {table} wurde nie an den vorhandenen Zeilen geprüft.</translation>
    </message>
    <message>
        <source>Content</source>
        <translation>Inhalt</translation>
    </message>
    <message>
        <source>Copied {name} to {parent}, place {place}.</source>
        <translation>{name} kopiert nach {parent}, Position {place}.</translation>
    </message>
    <message>
        <source>Copied {n} {things} to {parent}, places {place} to {last}.</source>
        <translation>{n} {things} kopiert nach {parent}, Positionen {place} bis {last}.</translation>
    </message>
    <message>
        <source>Copying the database.</source>
        <translation>Die Datenbank wird kopiert.</translation>
    </message>
    <message>
        <source>Correct answer</source>
        <translation>Richtige Antwort</translation>
    </message>
    <message>
        <source>Correct it and save again.</source>
        <translation>Berichtigen Sie ihn und speichern Sie noch einmal.</translation>
    </message>
    <message>
        <source>Correct it, or remove it to use the usual value.</source>
        <translation>Berichtigen Sie sie, oder entfernen Sie sie, um den üblichen Wert zu verwenden.</translation>
    </message>
    <message>
        <source>Correct it.</source>
        <translation>Berichtigen Sie es.</translation>
    </message>
    <message>
        <source>Correct what stands after the question mark.</source>
        <translation>Berichtigen Sie, was nach dem Fragezeichen steht.</translation>
    </message>
    <message>
        <source>Course</source>
        <translation>Kurs</translation>
    </message>
    <message>
        <source>Courses</source>
        <translation>Kurse</translation>
    </message>
    <message>
        <source>Courses taught</source>
        <translation>Unterrichtete Kurse</translation>
    </message>
    <message>
        <source>Created</source>
        <translation>Angelegt</translation>
    </message>
    <message>
        <source>DATABASE_URL is not set.</source>
        <translation>DATABASE_URL ist nicht gesetzt.</translation>
    </message>
    <message>
        <source>Data would be lost for good, so the database&apos;s name has to be given first.</source>
        <translation>Daten gingen endgültig verloren, deshalb muss zuerst der Name der Datenbank angegeben werden.</translation>
    </message>
    <message>
        <source>Database role</source>
        <translation>Datenbankrolle</translation>
    </message>
    <message>
        <source>Deactivate</source>
        <translation>Deaktivieren</translation>
    </message>
    <message>
        <source>Deactivated</source>
        <translation>Deaktiviert</translation>
    </message>
    <message>
        <source>Deactivated people can no longer sign in; what they did is kept. Deactivate {n}?</source>
        <translation>Deaktivierte Personen können sich nicht mehr anmelden; was sie getan haben, bleibt erhalten. {n} deaktivieren?</translation>
    </message>
    <message>
        <source>Deactivated {name}.</source>
        <translation>{name} wurde deaktiviert.</translation>
    </message>
    <message>
        <source>Deactivated {n} people.</source>
        <translation>{n} Personen wurden deaktiviert.</translation>
    </message>
    <message>
        <source>Delete again to see the figures as they are now.</source>
        <translation>Löschen Sie noch einmal, um die jetzigen Zahlen zu sehen.</translation>
    </message>
    <message>
        <source>Delete attempt</source>
        <translation>Versuch löschen</translation>
    </message>
    <message>
        <source>Delete certificate</source>
        <translation>Zertifikat löschen</translation>
    </message>
    <message>
        <source>Delete course</source>
        <translation>Kurs löschen</translation>
    </message>
    <message>
        <source>Delete it and save again.</source>
        <translation>Löschen Sie es und speichern Sie noch einmal.</translation>
    </message>
    <message>
        <source>Delete it and type it anew.</source>
        <translation>Löschen Sie es und tippen Sie es neu.</translation>
    </message>
    <message>
        <source>Delete lesson</source>
        <translation>Lektion löschen</translation>
    </message>
    <message>
        <source>Delete or move these first.</source>
        <translation>Löschen oder verschieben Sie zuerst diese.</translation>
    </message>
    <message>
        <source>Delete person</source>
        <translation>Person löschen</translation>
    </message>
    <message>
        <source>Delete progress</source>
        <translation>Fortschritt löschen</translation>
    </message>
    <message>
        <source>Delete question</source>
        <translation>Frage löschen</translation>
    </message>
    <message>
        <source>Delete quiz</source>
        <translation>Quiz löschen</translation>
    </message>
    <message>
        <source>Deleted</source>
        <translation>Gelöschte Einträge</translation>
    </message>
    <message>
        <source>Deleted record</source>
        <translation>Gelöschter Eintrag</translation>
    </message>
    <message>
        <source>Deleted {name}.</source>
        <translation>{name} gelöscht.</translation>
    </message>
    <message>
        <source>Deleted {name}; {count} {children} went to {heir}.</source>
        <translation>{name} gelöscht; {count} {children} gingen an {heir}.</translation>
    </message>
    <message>
        <source>Deleted {n} {things}.</source>
        <translation>{n} {things} gelöscht.</translation>
    </message>
    <message>
        <source>Description</source>
        <translation>Beschreibung</translation>
    </message>
    <message>
        <source>Did again in part: {what}</source>
        <translation>Zum Teil wiederholt: {what}</translation>
    </message>
    <message>
        <source>Did again: {what}</source>
        <translation>Wiederholt: {what}</translation>
    </message>
    <message>
        <source>Differences between the schema and its revision: {number}, such as: {first}</source>
        <translation>Unterschiede zwischen dem Schema und seiner Revision: {number}, etwa: {first}</translation>
    </message>
    <message>
        <source>Difficulty</source>
        <translation>Schwierigkeit</translation>
    </message>
    <message>
        <source>Done.</source>
        <translation>Fertig.</translation>
    </message>
    <message>
        <source>Draft</source>
        <translation>Entwurf</translation>
    </message>
    <message>
        <source>Drafts</source>
        <translation>Entwürfe</translation>
    </message>
    <message>
        <source>Duplicated {name} as {copy}, a draft, with {counts}.</source>
        <translation>{name} dupliziert: {copy}, ein Entwurf ({counts}).</translation>
    </message>
    <message>
        <source>Duplicated {name} as {copy}, a draft.</source>
        <translation>{name} dupliziert: {copy}, ein Entwurf.</translation>
    </message>
    <message>
        <source>Duration</source>
        <translation>Dauer</translation>
    </message>
    <message>
        <source>E-mail</source>
        <translation>E-Mail</translation>
    </message>
    <message>
        <source>E-mail verified</source>
        <translation>E-Mail bestätigt</translation>
    </message>
    <message>
        <source>Edit the enrollment that is there, or choose another course.</source>
        <translation>Bearbeiten Sie die vorhandene Einschreibung, oder wählen Sie einen anderen Kurs.</translation>
    </message>
    <message>
        <source>Edit the one that is there, or choose another lesson.</source>
        <translation>Bearbeiten Sie den vorhandenen, oder wählen Sie eine andere Lektion.</translation>
    </message>
    <message>
        <source>Email verification field.</source>
        <translation>Feld für die Bestätigung der E-Mail.</translation>
    </message>
    <message>
        <source>Encrypted if the server insists on it</source>
        <translation>Verschlüsselt, wenn der Server darauf besteht</translation>
    </message>
    <message>
        <source>Encrypted if the server offers it</source>
        <translation>Verschlüsselt, wenn der Server es anbietet</translation>
    </message>
    <message>
        <source>Encrypted, only the certificate&apos;s issuer verified</source>
        <translation>Verschlüsselt, nur der Aussteller des Zertifikats geprüft</translation>
    </message>
    <message>
        <source>Encrypted, the server not verified</source>
        <translation>Verschlüsselt, der Server nicht geprüft</translation>
    </message>
    <message>
        <source>Encrypted, the server verified (recommended)</source>
        <translation>Verschlüsselt, der Server geprüft (empfohlen)</translation>
    </message>
    <message>
        <source>Ended</source>
        <translation>Beendet</translation>
    </message>
    <message>
        <source>Enrol student</source>
        <translation>Teilnehmer einschreiben</translation>
    </message>
    <message>
        <source>Enrolled</source>
        <translation>Eingeschrieben</translation>
    </message>
    <message>
        <source>Enrollment</source>
        <translation>Einschreibung</translation>
    </message>
    <message>
        <source>Enrollments</source>
        <translation>Einschreibungen</translation>
    </message>
    <message>
        <source>Essay</source>
        <translation>Aufsatz</translation>
    </message>
    <message>
        <source>Essays</source>
        <translation>Aufsätze</translation>
    </message>
    <message>
        <source>Everybody who learns, teaches or works here is listed on this page. Add the first person.</source>
        <translation>Alle, die hier lernen, lehren oder arbeiten, stehen auf dieser Seite. Fügen Sie die erste Person hinzu.</translation>
    </message>
    <message>
        <source>Everything can be read and changed on the way, people&apos;s data and the password included.</source>
        <translation>Unterwegs kann alles gelesen und geändert werden, auch Personendaten und das Passwort.</translation>
    </message>
    <message>
        <source>Everything was rolled back.</source>
        <translation>Alles wurde zurückgerollt.</translation>
    </message>
    <message>
        <source>Expecting &apos;,&apos; delimiter</source>
        <translation>ein Komma fehlt</translation>
    </message>
    <message>
        <source>Expecting &apos;:&apos; delimiter</source>
        <translation>ein Doppelpunkt fehlt</translation>
    </message>
    <message>
        <source>Expecting property name enclosed in double quotes</source>
        <translation>ein Name in doppelten Anführungszeichen fehlt</translation>
    </message>
    <message>
        <source>Expecting value</source>
        <translation>ein Wert fehlt</translation>
    </message>
    <message>
        <source>Expired</source>
        <translation>Abgelaufen</translation>
    </message>
    <message>
        <source>Expires</source>
        <translation>Läuft ab</translation>
    </message>
    <message>
        <source>Extra data</source>
        <translation>nach dem Ende steht noch etwas</translation>
    </message>
    <message>
        <source>Feedback is left out: there is no place for it here.</source>
        <translation>Rückmeldungen sind ausgelassen: Hier ist kein Platz für sie.</translation>
    </message>
    <message>
        <source>Fill in what is still empty.</source>
        <translation>Füllen Sie aus, was noch leer ist.</translation>
    </message>
    <message>
        <source>Fill it in and save again.</source>
        <translation>Füllen Sie es aus und speichern Sie noch einmal.</translation>
    </message>
    <message>
        <source>Final indexes for Phase 1.</source>
        <translation>Letzte Indizes der ersten Phase.</translation>
    </message>
    <message>
        <source>Find out who made it, and what for, before you apply the revision.</source>
        <translation>Finden Sie heraus, wer das angelegt hat und wozu, bevor Sie die Revision anwenden.</translation>
    </message>
    <message>
        <source>Finishing…</source>
        <translation>Wird abgeschlossen…</translation>
    </message>
    <message>
        <source>Free about 200 MB, then try again.</source>
        <translation>Schaffen Sie etwa 200 MB Platz und versuchen Sie es noch einmal.</translation>
    </message>
    <message>
        <source>Function {name} is missing.</source>
        <translation>Die Funktion {name} fehlt.</translation>
    </message>
    <message>
        <source>Function {name} is not the one that the revision makes.</source>
        <translation>Die Funktion {name} ist nicht die, die die Revision anlegt.</translation>
    </message>
    <message>
        <source>Further data</source>
        <translation>Weitere Daten</translation>
    </message>
    <message>
        <source>GIFT</source>
        <translation>GIFT</translation>
    </message>
    <message>
        <source>Give them to somebody else first, or deactivate the account.</source>
        <translation>Geben Sie sie zuerst an jemand anderen ab, oder deaktivieren Sie das Konto.</translation>
    </message>
    <message>
        <source>Hand the courses over to somebody else first, or deactivate the person instead.</source>
        <translation>Geben Sie die Kurse zuerst an jemand anderen ab, oder deaktivieren Sie stattdessen die Person.</translation>
    </message>
    <message>
        <source>Hardly any room on the disk is needed.</source>
        <translation>Auf dem Datenträger wird kaum Platz gebraucht.</translation>
    </message>
    <message>
        <source>Have encryption set up on the server; sslmode=disable in the address goes without, readable by others.</source>
        <translation>Lassen Sie auf dem Server Verschlüsselung einrichten; mit sslmode=disable in der Adresse geht es ohne, für andere lesbar.</translation>
    </message>
    <message>
        <source>Have it dropped or made again: REINDEX INDEX CONCURRENTLY {name}</source>
        <translation>Lassen Sie ihn löschen oder neu bauen: REINDEX INDEX CONCURRENTLY {name}</translation>
    </message>
    <message>
        <source>History</source>
        <translation>Verlauf</translation>
    </message>
    <message>
        <source>How many other rows were deleted in the same act.</source>
        <translation>Wie viele andere Zeilen im selben Vorgang gelöscht wurden.</translation>
    </message>
    <message>
        <source>Id</source>
        <translation>ID</translation>
    </message>
    <message>
        <source>Illegal trailing comma before end of array</source>
        <translation>ein überzähliges Komma vor dem Ende der Liste</translation>
    </message>
    <message>
        <source>Illegal trailing comma before end of object</source>
        <translation>ein überzähliges Komma vor dem Ende des Objekts</translation>
    </message>
    <message>
        <source>In {zone} the clocks go forward over {moment}: this time does not exist.</source>
        <translation>In {zone} werden die Uhren über {moment} vorgestellt: Diese Zeit gibt es nicht.</translation>
    </message>
    <message>
        <source>Index {name} of {table} is invalid: building it failed earlier.</source>
        <translation>Der Index {name} von {table} ist ungültig: Sein Aufbau ist früher fehlgeschlagen.</translation>
    </message>
    <message>
        <source>Index {name} of {table} is invalid: building it failed, and it is of no use.</source>
        <translation>Der Index {name} von {table} ist ungültig: Sein Aufbau ist fehlgeschlagen, und er nützt nichts.</translation>
    </message>
    <message>
        <source>Index {name} of {table} is missing: {wanted}.</source>
        <translation>Der Index {name} von {table} fehlt: {wanted}.</translation>
    </message>
    <message>
        <source>Index {name} of {table} is more than the revision makes.</source>
        <translation>Der Index {name} von {table} ist mehr, als die Revision anlegt.</translation>
    </message>
    <message>
        <source>Index {name} of {table} is {found} here and should be {wanted}.</source>
        <translation>Der Index {name} von {table} ist hier {found} und sollte {wanted} sein.</translation>
    </message>
    <message>
        <source>Indexes for performance, security constraints.</source>
        <translation>Indizes für Geschwindigkeit, Regeln für die Sicherheit.</translation>
    </message>
    <message>
        <source>Indexes for the orders by the title of a course and of a quiz.</source>
        <translation>Indizes für die Reihenfolgen nach dem Titel eines Kurses und eines Quiz.</translation>
    </message>
    <message>
        <source>Indexes for the orders in which the pages of people, of enrollments and of quiz attempts open.</source>
        <translation>Indizes für die Reihenfolgen, in denen die Seiten der Personen, der Einschreibungen und der Versuche aufgehen.</translation>
    </message>
    <message>
        <source>Indexes for the orders in which the pages of progress, of certificates and of sign-in sessions open: newest first.</source>
        <translation>Indizes für die Reihenfolgen, in denen die Seiten der Fortschritte, der Zertifikate und der Sitzungen sich öffnen: das Neueste zuerst.</translation>
    </message>
    <message>
        <source>Initial tables: users, courses, lessons, enrollments.</source>
        <translation>Erste Tabellen: Personen, Kurse, Lektionen, Einschreibungen.</translation>
    </message>
    <message>
        <source>Install PostgreSQL&apos;s client programs, or go on without saving first.</source>
        <translation>Installieren Sie die Client-Programme von PostgreSQL, oder machen Sie ohne Sicherung weiter.</translation>
    </message>
    <message>
        <source>Install the demo part: pip install &quot;lms-desktop[demo]&quot;.</source>
        <translation>Installieren Sie den Demo-Teil: pip install &quot;lms-desktop[demo]&quot;.</translation>
    </message>
    <message>
        <source>Instructor</source>
        <translation>Lehrkraft</translation>
    </message>
    <message>
        <source>Intermediate</source>
        <translation>Mittelstufe</translation>
    </message>
    <message>
        <source>Invalid \escape</source>
        <translation>ein \ ohne gültiges Zeichen danach</translation>
    </message>
    <message>
        <source>Invalid \uXXXX escape</source>
        <translation>ein \uXXXX ohne gültigen Code</translation>
    </message>
    <message>
        <source>Invalid control character at</source>
        <translation>ein unzulässiges Steuerzeichen</translation>
    </message>
    <message>
        <source>Issue certificate</source>
        <translation>Zertifikat ausstellen</translation>
    </message>
    <message>
        <source>Issued</source>
        <translation>Ausgestellt</translation>
    </message>
    <message>
        <source>It belongs to another program: choose the LMS&apos;s database, or an empty one.</source>
        <translation>Sie gehört einem anderen Programm: Wählen Sie die Datenbank des LMS oder eine leere.</translation>
    </message>
    <message>
        <source>It cannot be rehearsed on this database; what comes before it stays if it fails.</source>
        <translation>Auf dieser Datenbank kann sie nicht geprobt werden; was vor ihr kommt, bleibt, wenn sie fehlschlägt.</translation>
    </message>
    <message>
        <source>It ends its transaction itself, so that not all of it could be taken back.</source>
        <translation>Sie beendet ihre Transaktion selbst, sodass nicht alles zurückgenommen werden könnte.</translation>
    </message>
    <message>
        <source>It is dropped first and made again.</source>
        <translation>Er wird zuerst gelöscht und neu gebaut.</translation>
    </message>
    <message>
        <source>It is not said whether this is true or false.</source>
        <translation>Es ist nicht gesagt, ob dies wahr oder falsch ist.</translation>
    </message>
    <message>
        <source>It is of no use like that: drop it, or make it again with REINDEX INDEX CONCURRENTLY.</source>
        <translation>So nützt er nichts: Löschen Sie ihn, oder bauen Sie ihn mit REINDEX INDEX CONCURRENTLY neu.</translation>
    </message>
    <message>
        <source>It is of no use like that; the next run drops it and makes it again.</source>
        <translation>So nützt er nichts; der nächste Lauf löscht ihn und baut ihn neu.</translation>
    </message>
    <message>
        <source>It is there again: somebody else restored it.</source>
        <translation>Es ist wieder da: Jemand anderes hat es wiederhergestellt.</translation>
    </message>
    <message>
        <source>It is waited for, a few seconds at a time; ask whoever it is to finish.</source>
        <translation>Darauf wird gewartet, jeweils ein paar Sekunden; bitten Sie darum, es zu beenden.</translation>
    </message>
    <message>
        <source>It is {database}.</source>
        <translation>Er ist {database}.</translation>
    </message>
    <message>
        <source>It may have been made by a newer version: update the program, or ask an administrator.</source>
        <translation>Vielleicht hat eine neuere Version sie angelegt: Aktualisieren Sie das Programm, oder fragen Sie einen Administrator.</translation>
    </message>
    <message>
        <source>It names the database to work on, such as postgresql://name:password@server:5432/lms.</source>
        <translation>Sie nennt die Datenbank, mit der gearbeitet wird, etwa postgresql://name:password@server:5432/lms.</translation>
    </message>
    <message>
        <source>It should look like postgresql://name:password@server:5432/database, with %40 for an @ and %2F for a / in the password.</source>
        <translation>Sie sollte so aussehen: postgresql://name:password@server:5432/database, mit %40 für ein @ und %2F für ein / im Passwort.</translation>
    </message>
    <message>
        <source>It took too long and was given up.</source>
        <translation>Es dauerte zu lange und wurde aufgegeben.</translation>
    </message>
    <message>
        <source>It was made by a newer version; use that one.</source>
        <translation>Eine neuere Version hat sie angelegt; verwenden Sie diese.</translation>
    </message>
    <message>
        <source>It was not recorded what the current revision should have given.</source>
        <translation>Was die jetzige Revision hätte ergeben sollen, ist nicht aufgezeichnet.</translation>
    </message>
    <message>
        <source>It was there already.</source>
        <translation>Es war schon dort.</translation>
    </message>
    <message>
        <source>Its log has the rest.</source>
        <translation>Das Weitere steht in seinem Protokoll.</translation>
    </message>
    <message>
        <source>JSON has no infinite numbers and none that is not a number.</source>
        <translation>JSON kennt keine unendlichen Zahlen und keine, die keine Zahl ist.</translation>
    </message>
    <message>
        <source>JSON has no {name}.</source>
        <translation>JSON kennt kein {name}.</translation>
    </message>
    <message>
        <source>Kind</source>
        <translation>Art</translation>
    </message>
    <message>
        <source>Last 24 hours</source>
        <translation>Letzte 24 Stunden</translation>
    </message>
    <message>
        <source>Last 30 days</source>
        <translation>Letzte 30 Tage</translation>
    </message>
    <message>
        <source>Last 7 days</source>
        <translation>Letzte 7 Tage</translation>
    </message>
    <message>
        <source>Last sign-in</source>
        <translation>Letzte Anmeldung</translation>
    </message>
    <message>
        <source>Left out {more} {things}: no longer there, or no longer yours.</source>
        <translation>Ausgelassen: {more} {things}, die nicht mehr da sind oder nicht mehr Ihre.</translation>
    </message>
    <message>
        <source>Left out {names} and {more} more: no longer there, or no longer yours.</source>
        <translation>Ausgelassen: {names} und {more} weitere, nicht mehr da oder nicht mehr Ihre.</translation>
    </message>
    <message>
        <source>Left out {names}: no longer there, or no longer yours.</source>
        <translation>Ausgelassen: {names}, nicht mehr da oder nicht mehr Ihre.</translation>
    </message>
    <message>
        <source>Lesson</source>
        <translation>Lektion</translation>
    </message>
    <message>
        <source>Lesson progress</source>
        <translation>Lektionsfortschritt</translation>
    </message>
    <message>
        <source>Lesson {n}, “{lesson}”, has a video at an address that cannot be opened.</source>
        <translation>Lektion {n}, „{lesson}“, hat ein Video an einer Adresse, die nicht geöffnet werden kann.</translation>
    </message>
    <message>
        <source>Lesson {n}, “{lesson}”, has no content yet.</source>
        <translation>Lektion {n}, „{lesson}“, hat noch keinen Inhalt.</translation>
    </message>
    <message>
        <source>Lesson {n}, “{lesson}”, is a video without a web address.</source>
        <translation>Lektion {n}, „{lesson}“, ist ein Video ohne Webadresse.</translation>
    </message>
    <message>
        <source>Lesson {n}, “{lesson}”, is to be a quiz and has none.</source>
        <translation>Lektion {n}, „{lesson}“, soll ein Quiz sein und hat keines.</translation>
    </message>
    <message>
        <source>Lessons</source>
        <translation>Lektionen</translation>
    </message>
    <message>
        <source>Letters with accents take 2 bytes, those of other scripts 3, emoji 4.</source>
        <translation>Buchstaben mit Akzenten brauchen 2 Byte, die anderer Schriften 3, Emoji 4.</translation>
    </message>
    <message>
        <source>Line {line} of this file is not UTF-8.</source>
        <translation>Zeile {line} dieser Datei ist nicht in UTF-8.</translation>
    </message>
    <message>
        <source>Live</source>
        <translation>Aktiv</translation>
    </message>
    <message>
        <source>Look again when that is done.</source>
        <translation>Sehen Sie danach noch einmal nach.</translation>
    </message>
    <message>
        <source>Look at all of them before you go on.</source>
        <translation>Sehen Sie sich alle an, bevor Sie weitermachen.</translation>
    </message>
    <message>
        <source>Look at it once more, then delete it if you still want to.</source>
        <translation>Sehen Sie es sich noch einmal an, und löschen Sie es, wenn Sie es dann noch wollen.</translation>
    </message>
    <message>
        <source>Look at the course again.</source>
        <translation>Sehen Sie sich den Kurs noch einmal an.</translation>
    </message>
    <message>
        <source>Look at the differences, and mend them first.</source>
        <translation>Sehen Sie sich die Unterschiede an, und beheben Sie sie zuerst.</translation>
    </message>
    <message>
        <source>Look at the list as it is now, and do it again.</source>
        <translation>Sehen Sie sich die Liste an, wie sie jetzt ist, und tun Sie es noch einmal.</translation>
    </message>
    <message>
        <source>Look at the plan again.</source>
        <translation>Sehen Sie sich den Plan noch einmal an.</translation>
    </message>
    <message>
        <source>Look at the plan, rehearse it, then apply it.</source>
        <translation>Sehen Sie sich den Plan an, proben Sie ihn, und wenden Sie ihn dann an.</translation>
    </message>
    <message>
        <source>Look at the rows before you do it again.</source>
        <translation>Sehen Sie sich die Zeilen an, bevor Sie es noch einmal tun.</translation>
    </message>
    <message>
        <source>Look at what changed, then keep your edits or take theirs.</source>
        <translation>Sehen Sie sich an, was geändert wurde, und behalten Sie Ihre Änderungen oder übernehmen Sie die anderen.</translation>
    </message>
    <message>
        <source>Look at what is in the way. What is still possible can be taken back alone.</source>
        <translation>Sehen Sie sich an, was im Weg steht. Was noch möglich ist, kann allein zurückgenommen werden.</translation>
    </message>
    <message>
        <source>Look for that person, or use another address.</source>
        <translation>Suchen Sie diese Person, oder verwenden Sie eine andere Adresse.</translation>
    </message>
    <message>
        <source>Look it up in the history, or enter it anew.</source>
        <translation>Sehen Sie im Verlauf nach, oder geben Sie es neu ein.</translation>
    </message>
    <message>
        <source>Look once more at what would change.</source>
        <translation>Sehen Sie sich noch einmal an, was sich ändern würde.</translation>
    </message>
    <message>
        <source>Look through what you entered and save again.</source>
        <translation>Sehen Sie Ihre Eingaben durch und speichern Sie noch einmal.</translation>
    </message>
    <message>
        <source>Looking at what was done since …</source>
        <translation>Es wird angesehen, was seither getan wurde …</translation>
    </message>
    <message>
        <source>Looking at what was done …</source>
        <translation>Es wird angesehen, was getan wurde …</translation>
    </message>
    <message>
        <source>MFA support field.</source>
        <translation>Feld für die zweistufige Anmeldung.</translation>
    </message>
    <message>
        <source>Machine</source>
        <translation>Computer</translation>
    </message>
    <message>
        <source>Make room and try again.</source>
        <translation>Schaffen Sie Platz und versuchen Sie es noch einmal.</translation>
    </message>
    <message>
        <source>Make room on the server first.</source>
        <translation>Schaffen Sie zuerst auf dem Server Platz.</translation>
    </message>
    <message>
        <source>Make somebody else an administrator first.</source>
        <translation>Machen Sie zuerst jemand anderen zum Administrator.</translation>
    </message>
    <message>
        <source>Matching</source>
        <translation>Zuordnung</translation>
    </message>
    <message>
        <source>Meanwhile other rows hang on this than when you were asked. Nothing was deleted.</source>
        <translation>Inzwischen hängen andere Zeilen daran als bei der Rückfrage. Es wurde nichts gelöscht.</translation>
    </message>
    <message>
        <source>Meanwhile other rows refer to this than when you were asked. Nothing was deleted.</source>
        <translation>Inzwischen verweisen andere Zeilen darauf als bei der Rückfrage. Es wurde nichts gelöscht.</translation>
    </message>
    <message>
        <source>Meanwhile somebody else changed or deleted what you were about to delete. Nothing was deleted.</source>
        <translation>Inzwischen hat jemand anderes geändert oder gelöscht, was Sie löschen wollten. Es wurde nichts gelöscht.</translation>
    </message>
    <message>
        <source>Meanwhile somebody else had added {names} and {more} more to the list.</source>
        <translation>Inzwischen hatte jemand anderes {names} und {more} weitere zur Liste hinzugefügt.</translation>
    </message>
    <message>
        <source>Meanwhile somebody else had added {names} to the list.</source>
        <translation>Inzwischen hatte jemand anderes {names} zur Liste hinzugefügt.</translation>
    </message>
    <message>
        <source>Meanwhile somebody else had put the list in another order; that order was kept for the rest.</source>
        <translation>Inzwischen hatte jemand anderes die Liste umgestellt; für alles Übrige blieb diese Reihenfolge.</translation>
    </message>
    <message>
        <source>Meanwhile somebody else had taken {more} {things} off the list.</source>
        <translation>Inzwischen hatte jemand anderes {more} {things} aus der Liste genommen.</translation>
    </message>
    <message>
        <source>Meanwhile somebody else had taken {names} and {more} more off the list.</source>
        <translation>Inzwischen hatte jemand anderes {names} und {more} weitere aus der Liste genommen.</translation>
    </message>
    <message>
        <source>Meanwhile somebody else had taken {names} off the list.</source>
        <translation>Inzwischen hatte jemand anderes {names} aus der Liste genommen.</translation>
    </message>
    <message>
        <source>Meanwhile the questions of “{quiz}” or its pass mark have been changed. Nothing was written.</source>
        <translation>Inzwischen wurden die Fragen von „{quiz}“ oder seine Bestehensgrenze geändert. Es wurde nichts geschrieben.</translation>
    </message>
    <message>
        <source>Mend the rows that stand in the way, then apply it again.</source>
        <translation>Bringen Sie die Zeilen in Ordnung, die im Weg stehen, und wenden Sie sie dann noch einmal an.</translation>
    </message>
    <message>
        <source>Migrations</source>
        <translation>Migrationen</translation>
    </message>
    <message>
        <source>Migrations are for administrators.</source>
        <translation>Migrationen sind Sache der Administratoren.</translation>
    </message>
    <message>
        <source>Mind capital letters. An administrator can give you a new password.</source>
        <translation>Achten Sie auf Großbuchstaben. Ein Administrator kann Ihnen ein neues Passwort geben.</translation>
    </message>
    <message>
        <source>Moodle XML</source>
        <translation>Moodle-XML</translation>
    </message>
    <message>
        <source>Move the folder away to begin with a new one.</source>
        <translation>Verschieben Sie den Ordner, um mit einem neuen zu beginnen.</translation>
    </message>
    <message>
        <source>Moved {name} to place {place}.</source>
        <translation>{name} an Position {place} verschoben.</translation>
    </message>
    <message>
        <source>Moved {name} to {parent}, place {place}.</source>
        <translation>{name} nach {parent} verschoben, Position {place}.</translation>
    </message>
    <message>
        <source>Moved {n} quizzes to the course “{where}”.</source>
        <translation>{n} Quizze zum Kurs „{where}“ verschoben.</translation>
    </message>
    <message>
        <source>Moved {n} quizzes to the lesson “{where}”.</source>
        <translation>{n} Quizze zur Lektion „{where}“ verschoben.</translation>
    </message>
    <message>
        <source>Moved {n} {things} to places {place} to {last}.</source>
        <translation>{n} {things} an die Positionen {place} bis {last} verschoben.</translation>
    </message>
    <message>
        <source>Moved {n} {things} to {parent}, places {place} to {last}.</source>
        <translation>{n} {things} nach {parent} verschoben, Positionen {place} bis {last}.</translation>
    </message>
    <message>
        <source>Moved “{name}” to the course “{where}”.</source>
        <translation>„{name}“ zum Kurs „{where}“ verschoben.</translation>
    </message>
    <message>
        <source>Moved “{name}” to the lesson “{where}”.</source>
        <translation>„{name}“ zur Lektion „{where}“ verschoben.</translation>
    </message>
    <message>
        <source>Multiple choice</source>
        <translation>Mehrfachauswahl</translation>
    </message>
    <message>
        <source>My history</source>
        <translation>Mein Verlauf</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>New course</source>
        <translation>Neuer Kurs</translation>
    </message>
    <message>
        <source>New quiz</source>
        <translation>Neues Quiz</translation>
    </message>
    <message>
        <source>No</source>
        <translation>Nein</translation>
    </message>
    <message>
        <source>No certificate has been issued yet. Issue one for an enrollment that is completed.</source>
        <translation>Es ist noch kein Zertifikat ausgestellt. Stellen Sie eines für eine abgeschlossene Einschreibung aus.</translation>
    </message>
    <message>
        <source>No copy can be made: others are connected, and pg_dump was not found.</source>
        <translation>Keine Kopie möglich: Andere sind verbunden, und pg_dump wurde nicht gefunden.</translation>
    </message>
    <message>
        <source>No copy can be made: pg_dump and pg_restore were not found, or are older than the server.</source>
        <translation>Keine Kopie möglich: pg_dump und pg_restore wurden nicht gefunden oder sind älter als der Server.</translation>
    </message>
    <message>
        <source>No copy can be made: the server&apos;s own database cannot be reached.</source>
        <translation>Keine Kopie möglich: Die eigene Datenbank des Servers ist nicht erreichbar.</translation>
    </message>
    <message>
        <source>No copy can be made: this role may not create databases.</source>
        <translation>Keine Kopie möglich: Diese Rolle darf keine Datenbanken anlegen.</translation>
    </message>
    <message>
        <source>No database is named.</source>
        <translation>Es ist keine Datenbank genannt.</translation>
    </message>
    <message>
        <source>No index was left half-built.</source>
        <translation>Kein Index ist halb gebaut liegen geblieben.</translation>
    </message>
    <message>
        <source>No lesson has been begun yet. Students make progress on the web; you can record it here too.</source>
        <translation>Noch ist keine Lektion begonnen. Teilnehmer machen ihre Fortschritte im Web; Sie können sie auch hier erfassen.</translation>
    </message>
    <message>
        <source>No question of “{quiz}” gives any points.</source>
        <translation>Keine Frage von „{quiz}“ gibt Punkte.</translation>
    </message>
    <message>
        <source>Nobody can simply listen, but somebody on the way could pose as the server.</source>
        <translation>Niemand kann einfach mithören, aber jemand unterwegs könnte sich als der Server ausgeben.</translation>
    </message>
    <message>
        <source>Nobody else is migrating this database.</source>
        <translation>Niemand sonst migriert diese Datenbank.</translation>
    </message>
    <message>
        <source>Nobody has signed in since the change log was installed.</source>
        <translation>Seit das Änderungsprotokoll eingerichtet ist, hat sich niemand angemeldet.</translation>
    </message>
    <message>
        <source>Nobody has signed in.</source>
        <translation>Niemand ist angemeldet.</translation>
    </message>
    <message>
        <source>Nobody has taken a quiz yet. Attempts appear here as students begin them on the web.</source>
        <translation>Noch hat niemand ein Quiz bearbeitet. Versuche erscheinen hier, sobald Teilnehmer sie im Web beginnen.</translation>
    </message>
    <message>
        <source>Nobody holds one of these tables just now.</source>
        <translation>Niemand hält gerade eine dieser Tabellen.</translation>
    </message>
    <message>
        <source>Nobody is enrolled yet. Enrol the first student in a course.</source>
        <translation>Noch ist niemand eingeschrieben. Schreiben Sie den ersten Teilnehmer in einen Kurs ein.</translation>
    </message>
    <message>
        <source>Nobody is signed in on the web. A session appears here as soon as somebody signs in there.</source>
        <translation>Niemand ist im Web angemeldet. Eine Sitzung erscheint hier, sobald sich dort jemand anmeldet.</translation>
    </message>
    <message>
        <source>Nobody on the way can read along or pose as the server.</source>
        <translation>Niemand unterwegs kann mitlesen oder sich als der Server ausgeben.</translation>
    </message>
    <message>
        <source>Nobody would be left who can administer: this is the last active administrator.</source>
        <translation>Es bliebe niemand übrig, der verwalten kann: Dies ist der letzte aktive Administrator.</translation>
    </message>
    <message>
        <source>None of the options is marked as right.</source>
        <translation>Keine der Antwortmöglichkeiten ist als richtig markiert.</translation>
    </message>
    <message>
        <source>None of the schemas in this connection&apos;s search path is there.</source>
        <translation>Keines der Schemas im Suchpfad dieser Verbindung ist vorhanden.</translation>
    </message>
    <message>
        <source>Not admitted</source>
        <translation>Nicht zugelassen</translation>
    </message>
    <message>
        <source>Not all in one transaction: {revisions} commit in their midst.</source>
        <translation>Nicht alles in einer Transaktion: {revisions} schreiben mittendrin fest.</translation>
    </message>
    <message>
        <source>Not all in one transaction: {revisions} commits in its midst.</source>
        <translation>Nicht alles in einer Transaktion: {revisions} schreibt mittendrin fest.</translation>
    </message>
    <message>
        <source>Not completed</source>
        <translation>Nicht abgeschlossen</translation>
    </message>
    <message>
        <source>Not encrypted</source>
        <translation>Nicht verschlüsselt</translation>
    </message>
    <message>
        <source>Not encrypted.</source>
        <translation>Nicht verschlüsselt.</translation>
    </message>
    <message>
        <source>Not needed on this computer</source>
        <translation>Auf diesem Computer nicht nötig</translation>
    </message>
    <message>
        <source>Not passed</source>
        <translation>Nicht bestanden</translation>
    </message>
    <message>
        <source>Not safe.</source>
        <translation>Nicht sicher.</translation>
    </message>
    <message>
        <source>Not verified.</source>
        <translation>Nicht geprüft.</translation>
    </message>
    <message>
        <source>Nothing has been changed here yet. Every change that is made here will be listed, with before and after.</source>
        <translation>Hier wurde noch nichts geändert. Jede Änderung, die hier gemacht wird, steht künftig auf dieser Liste, mit Vorher und Nachher.</translation>
    </message>
    <message>
        <source>Nothing of what is to be made is there already.</source>
        <translation>Nichts von dem, was angelegt werden soll, ist schon da.</translation>
    </message>
    <message>
        <source>Nothing that was deleted here is missing. What you delete is listed here and can be restored.</source>
        <translation>Nichts, was hier gelöscht wurde, fehlt. Was Sie löschen, steht auf dieser Liste und kann wiederhergestellt werden.</translation>
    </message>
    <message>
        <source>Nothing was changed.</source>
        <translation>Es wurde nichts geändert.</translation>
    </message>
    <message>
        <source>Nothing was changed: the database is at {state_revision} as before.</source>
        <translation>Es wurde nichts geändert: Die Datenbank steht auf {state_revision} wie zuvor.</translation>
    </message>
    <message>
        <source>Nothing was changed: the schema and all rows ({rows}) are exactly what they were.</source>
        <translation>Es wurde nichts geändert: Das Schema und alle Zeilen ({rows}) sind genau, wie sie waren.</translation>
    </message>
    <message>
        <source>Nothing was migrated.</source>
        <translation>Es wurde nichts migriert.</translation>
    </message>
    <message>
        <source>Number</source>
        <translation>Nummer</translation>
    </message>
    <message>
        <source>Numerical</source>
        <translation>Numerisch</translation>
    </message>
    <message>
        <source>Off</source>
        <translation>Aus</translation>
    </message>
    <message>
        <source>On</source>
        <translation>Ein</translation>
    </message>
    <message>
        <source>On Debian and Ubuntu this brings what it needs: apt-get install {packages}</source>
        <translation>Unter Debian und Ubuntu liefert dies das Nötige: apt-get install {packages}</translation>
    </message>
    <message>
        <source>One of several right options was enough; here all of them have to be ticked.</source>
        <translation>Von mehreren richtigen Antwortmöglichkeiten genügte eine; hier müssen alle angekreuzt werden.</translation>
    </message>
    <message>
        <source>One transaction: all of it is done, or nothing.</source>
        <translation>Eine Transaktion: Alles geschieht oder nichts.</translation>
    </message>
    <message>
        <source>Only the first {n} were looked at.</source>
        <translation>Nur die ersten {n} wurden angesehen.</translation>
    </message>
    <message>
        <source>Only these are possible: {options}.</source>
        <translation>Nur dies ist möglich: {options}.</translation>
    </message>
    <message>
        <source>Only yes or no is possible here.</source>
        <translation>Hier ist nur Ja oder Nein möglich.</translation>
    </message>
    <message>
        <source>Only {least} to {most} is possible here.</source>
        <translation>Hier ist nur {least} bis {most} möglich.</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>Offen</translation>
    </message>
    <message>
        <source>Operation</source>
        <translation>Vorgang</translation>
    </message>
    <message>
        <source>Option {place} is neither a text nor an object with a text; the options can be edited as written.</source>
        <translation>Antwortmöglichkeit {place} ist weder ein Text noch ein Objekt mit einem Text; die Antwortmöglichkeiten können bearbeitet werden, wie sie geschrieben sind.</translation>
    </message>
    <message>
        <source>Options</source>
        <translation>Antwortmöglichkeiten</translation>
    </message>
    <message>
        <source>Order of questions</source>
        <translation>Reihenfolge der Fragen</translation>
    </message>
    <message>
        <source>Others have changed which rows these are that you selected. Nothing was done.</source>
        <translation>Andere haben geändert, welche Zeilen das sind, die Sie ausgewählt haben. Es ist nichts geschehen.</translation>
    </message>
    <message>
        <source>Outcome</source>
        <translation>Ausgang</translation>
    </message>
    <message>
        <source>PDF file</source>
        <translation>PDF-Datei</translation>
    </message>
    <message>
        <source>Part of the course&apos;s web address. Made from the title when left empty.</source>
        <translation>Teil der Webadresse des Kurses. Wird aus dem Titel gebildet, wenn es leer bleibt.</translation>
    </message>
    <message>
        <source>Pass mark</source>
        <translation>Bestehensgrenze</translation>
    </message>
    <message>
        <source>Passed</source>
        <translation>Bestanden</translation>
    </message>
    <message>
        <source>Passed where the score is not below the quiz&apos;s pass mark.</source>
        <translation>Bestanden, wenn die Wertung nicht unter der Bestehensgrenze des Quiz liegt.</translation>
    </message>
    <message>
        <source>Password</source>
        <translation>Passwort</translation>
    </message>
    <message>
        <source>Pending revisions: {pending}.</source>
        <translation>Ausstehende Revisionen: {pending}.</translation>
    </message>
    <message>
        <source>People</source>
        <translation>Personen</translation>
    </message>
    <message>
        <source>Person</source>
        <translation>Person</translation>
    </message>
    <message>
        <source>Picture</source>
        <translation>Bild</translation>
    </message>
    <message>
        <source>Pictures and sounds are left out.</source>
        <translation>Bilder und Töne sind ausgelassen.</translation>
    </message>
    <message>
        <source>Place</source>
        <translation>Position</translation>
    </message>
    <message>
        <source>Plain text</source>
        <translation>Reiner Text</translation>
    </message>
    <message>
        <source>Points</source>
        <translation>Punkte</translation>
    </message>
    <message>
        <source>Points are whole numbers here: {points} became {rounded}.</source>
        <translation>Punkte sind hier ganze Zahlen: Aus {points} wurde {rounded}.</translation>
    </message>
    <message>
        <source>Points are whole numbers: {points} was left out.</source>
        <translation>Punkte sind ganze Zahlen: {points} wurde ausgelassen.</translation>
    </message>
    <message>
        <source>PostgreSQL does not run as root, and there is no other account for it.</source>
        <translation>PostgreSQL läuft nicht als root, und es gibt kein anderes Konto dafür.</translation>
    </message>
    <message>
        <source>PostgreSQL {version} is needed here, but only {installed} is installed.</source>
        <translation>Hier wird PostgreSQL {version} gebraucht, aber nur {installed} ist installiert.</translation>
    </message>
    <message>
        <source>Profile data</source>
        <translation>Profildaten</translation>
    </message>
    <message>
        <source>Progress</source>
        <translation>Fortschritt</translation>
    </message>
    <message>
        <source>Publish</source>
        <translation>Veröffentlichen</translation>
    </message>
    <message>
        <source>Published</source>
        <translation>Veröffentlicht</translation>
    </message>
    <message>
        <source>Published {name}.</source>
        <translation>{name} wurde veröffentlicht.</translation>
    </message>
    <message>
        <source>Published {n} courses.</source>
        <translation>{n} Kurse wurden veröffentlicht.</translation>
    </message>
    <message>
        <source>Published {n} quizzes.</source>
        <translation>{n} Quizze wurden veröffentlicht.</translation>
    </message>
    <message>
        <source>Put its file “password” back, or move the folder away to begin with a new one.</source>
        <translation>Legen Sie seine Datei „password“ zurück, oder verschieben Sie den Ordner, um mit einem neuen zu beginnen.</translation>
    </message>
    <message>
        <source>Putting {things} back: {done} of {count}</source>
        <translation>Wird zurückgeholt: {things}, {done} von {count}</translation>
    </message>
    <message>
        <source>Qt cannot be loaded: {reason}.</source>
        <translation>Qt kann nicht geladen werden: {reason}.</translation>
    </message>
    <message>
        <source>Question</source>
        <translation>Frage</translation>
    </message>
    <message>
        <source>Question {n} of “{quiz}” asks nothing yet.</source>
        <translation>Frage {n} von „{quiz}“ fragt noch nichts.</translation>
    </message>
    <message>
        <source>Question {n} of “{quiz}” has fewer than two options.</source>
        <translation>Frage {n} von „{quiz}“ hat weniger als zwei Antwortmöglichkeiten.</translation>
    </message>
    <message>
        <source>Question {n} of “{quiz}” has no right answer.</source>
        <translation>Frage {n} von „{quiz}“ hat keine richtige Antwort.</translation>
    </message>
    <message>
        <source>Questions</source>
        <translation>Fragen</translation>
    </message>
    <message>
        <source>Quiz</source>
        <translation>Quiz</translation>
    </message>
    <message>
        <source>Quiz, question, attempt tables.</source>
        <translation>Tabellen für Quizze, Fragen und Versuche.</translation>
    </message>
    <message>
        <source>Quizzes</source>
        <translation>Quizze</translation>
    </message>
    <message>
        <source>Record</source>
        <translation>Eintrag</translation>
    </message>
    <message>
        <source>Record progress</source>
        <translation>Fortschritt erfassen</translation>
    </message>
    <message>
        <source>Refresh the list.</source>
        <translation>Aktualisieren Sie die Liste.</translation>
    </message>
    <message>
        <source>Refresh the list: it may have been saved before.</source>
        <translation>Aktualisieren Sie die Liste: Vielleicht ist es schon gespeichert.</translation>
    </message>
    <message>
        <source>Refresh to see what they did, then save again.</source>
        <translation>Aktualisieren Sie, um zu sehen, was geändert wurde, und speichern Sie noch einmal.</translation>
    </message>
    <message>
        <source>Registrar</source>
        <translation>Sekretariat</translation>
    </message>
    <message>
        <source>Registry</source>
        <translation>Sekretariat</translation>
    </message>
    <message>
        <source>Regrade</source>
        <translation>Neu bewerten</translation>
    </message>
    <message>
        <source>Regraded “{quiz}”. Results changed: {n}. Left alone, for others changed them meanwhile: {left}.</source>
        <translation>„{quiz}“ neu bewertet. Geänderte Ergebnisse: {n}. Belassen, weil andere sie inzwischen geändert haben: {left}.</translation>
    </message>
    <message>
        <source>Regraded “{quiz}”: one result changed.</source>
        <translation>„{quiz}“ neu bewertet: Ein Ergebnis wurde geändert.</translation>
    </message>
    <message>
        <source>Regraded “{quiz}”: {n} results changed.</source>
        <translation>„{quiz}“ neu bewertet: {n} Ergebnisse wurden geändert.</translation>
    </message>
    <message>
        <source>Regraded. All results stay as they are.</source>
        <translation>Neu bewertet. Alle Ergebnisse bleiben, wie sie sind.</translation>
    </message>
    <message>
        <source>Regraded. Results changed: {n}.</source>
        <translation>Neu bewertet. Geänderte Ergebnisse: {n}.</translation>
    </message>
    <message>
        <source>Regraded. Results changed: {n}. Left as they are, for they cannot be marked by themselves: {left}.</source>
        <translation>Neu bewertet. Geänderte Ergebnisse: {n}. Belassen, weil sie sich nicht von selbst bewerten lassen: {left}.</translation>
    </message>
    <message>
        <source>Rehearse on the database itself instead.</source>
        <translation>Proben Sie stattdessen auf der Datenbank selbst.</translation>
    </message>
    <message>
        <source>Reprint the one that is there instead.</source>
        <translation>Drucken Sie stattdessen das vorhandene noch einmal.</translation>
    </message>
    <message>
        <source>Result</source>
        <translation>Ergebnis</translation>
    </message>
    <message>
        <source>Results</source>
        <translation>Ergebnisse</translation>
    </message>
    <message>
        <source>Revision {revision} failed, which is a mistake in it.</source>
        <translation>Die Revision {revision} ist fehlgeschlagen; das ist ein Fehler in ihr.</translation>
    </message>
    <message>
        <source>Revision {revision} failed. PostgreSQL says: {says}.</source>
        <translation>Die Revision {revision} ist fehlgeschlagen. PostgreSQL sagt: {says}.</translation>
    </message>
    <message>
        <source>Revision {revision} failed: {reason}</source>
        <translation>Die Revision {revision} ist fehlgeschlagen: {reason}</translation>
    </message>
    <message>
        <source>Revisions applied: {number}. The database is at {at}.</source>
        <translation>Angewendete Revisionen: {number}. Die Datenbank steht auf {at}.</translation>
    </message>
    <message>
        <source>Revisions rolled back: {number}. The database is at {at}.</source>
        <translation>Zurückgerollte Revisionen: {number}. Die Datenbank steht auf {at}.</translation>
    </message>
    <message>
        <source>Revoke</source>
        <translation>Widerrufen</translation>
    </message>
    <message>
        <source>Revoked</source>
        <translation>Widerrufen</translation>
    </message>
    <message>
        <source>Revoked a session of {name}.</source>
        <translation>Eine Sitzung von {name} wurde widerrufen.</translation>
    </message>
    <message>
        <source>Revoked at</source>
        <translation>Widerrufen am</translation>
    </message>
    <message>
        <source>Revoked {n} sessions.</source>
        <translation>{n} Sitzungen wurden widerrufen.</translation>
    </message>
    <message>
        <source>Role</source>
        <translation>Rolle</translation>
    </message>
    <message>
        <source>Rows</source>
        <translation>Zeilen</translation>
    </message>
    <message>
        <source>Run “lms-desktop migrate apply” first, or open the window, which offers it.</source>
        <translation>Führen Sie zuerst „lms-desktop migrate apply“ aus, oder öffnen Sie das Fenster, das es anbietet.</translation>
    </message>
    <message>
        <source>Save once more.</source>
        <translation>Speichern Sie noch einmal.</translation>
    </message>
    <message>
        <source>Save the file as UTF-8 in the program that wrote it, and open it again.</source>
        <translation>Speichern Sie die Datei in dem Programm, das sie geschrieben hat, als UTF-8, und öffnen Sie sie noch einmal.</translation>
    </message>
    <message>
        <source>Saved the {thing}.</source>
        <translation>Gespeichert: {thing}.</translation>
    </message>
    <message>
        <source>Saved {most} and {last}.</source>
        <translation>{most} und {last} gespeichert.</translation>
    </message>
    <message>
        <source>Saved {most} and {last}. What others had changed in {kept} of these rows was kept.</source>
        <translation>{most} und {last} gespeichert. Was andere in {kept} dieser Zeilen geändert hatten, blieb erhalten.</translation>
    </message>
    <message>
        <source>Saved {most} and {last}. {restored} of these had been deleted meanwhile and were restored, but not the row that went with them.</source>
        <translation>{most} und {last} gespeichert. {restored} davon waren inzwischen gelöscht und wurden wiederhergestellt, nicht aber die Zeile, die mitgelöscht wurde.</translation>
    </message>
    <message>
        <source>Saved {most} and {last}. {restored} of these had been deleted meanwhile and were restored, but not the {lost} rows that went with them.</source>
        <translation>{most} und {last} gespeichert. {restored} davon waren inzwischen gelöscht und wurden wiederhergestellt, nicht aber die {lost} Zeilen, die mitgelöscht wurden.</translation>
    </message>
    <message>
        <source>Saved {most} and {last}. {restored} of these had been deleted meanwhile and were restored.</source>
        <translation>{most} und {last} gespeichert. {restored} davon waren inzwischen gelöscht und wurden wiederhergestellt.</translation>
    </message>
    <message>
        <source>Saved {name}, which had been deleted meanwhile: it was restored, but for {fields}, which nobody took down.</source>
        <translation>{name} gespeichert. Inzwischen war es gelöscht: Es wurde wiederhergestellt, bis auf {fields}, was niemand aufgezeichnet hat.</translation>
    </message>
    <message>
        <source>Saved {name}, which had been deleted meanwhile: it was restored, but not the {lost} that went with it.</source>
        <translation>{name} gespeichert. Inzwischen war es gelöscht: Es wurde wiederhergestellt, nicht aber, was mitgelöscht wurde ({lost}).</translation>
    </message>
    <message>
        <source>Saved {name}, which had been deleted meanwhile: it was restored.</source>
        <translation>{name} gespeichert. Inzwischen war es gelöscht: Es wurde wiederhergestellt.</translation>
    </message>
    <message>
        <source>Saved {name}.</source>
        <translation>{name} gespeichert.</translation>
    </message>
    <message>
        <source>Saved {name}. Another program&apos;s change of {fields} was kept.</source>
        <translation>{name} gespeichert. Was ein anderes Programm geändert hat ({fields}), blieb erhalten.</translation>
    </message>
    <message>
        <source>Saved {name}. {who}&apos;s change of {fields} was kept.</source>
        <translation>{name} gespeichert. Was {who} geändert hat ({fields}), blieb erhalten.</translation>
    </message>
    <message>
        <source>Saved {n} {things}.</source>
        <translation>{n} {things} gespeichert.</translation>
    </message>
    <message>
        <source>Saved {n} {things}. What others had changed in {kept} of them was kept.</source>
        <translation>{n} {things} gespeichert. Was andere in {kept} davon geändert hatten, blieb erhalten.</translation>
    </message>
    <message>
        <source>Saved {n} {things}. {restored} of them had been deleted meanwhile and were restored, but not the row that went with them.</source>
        <translation>{n} {things} gespeichert. {restored} davon waren inzwischen gelöscht und wurden wiederhergestellt, nicht aber die Zeile, die mitgelöscht wurde.</translation>
    </message>
    <message>
        <source>Saved {n} {things}. {restored} of them had been deleted meanwhile and were restored, but not the {lost} rows that went with them.</source>
        <translation>{n} {things} gespeichert. {restored} davon waren inzwischen gelöscht und wurden wiederhergestellt, nicht aber die {lost} Zeilen, die mitgelöscht wurden.</translation>
    </message>
    <message>
        <source>Saved {n} {things}. {restored} of them had been deleted meanwhile and were restored.</source>
        <translation>{n} {things} gespeichert. {restored} davon waren inzwischen gelöscht und wurden wiederhergestellt.</translation>
    </message>
    <message>
        <source>Saving the database to {file} first.</source>
        <translation>Zuerst wird die Datenbank in {file} gesichert.</translation>
    </message>
    <message>
        <source>Say --yes where sample people and courses are to stand beside what is there.</source>
        <translation>Geben Sie --yes an, wenn Beispielpersonen und -kurse neben dem Vorhandenen stehen sollen.</translation>
    </message>
    <message>
        <source>Say apply to go up, rollback to go down.</source>
        <translation>Geben Sie apply an, um hinauf-, rollback, um hinabzugehen.</translation>
    </message>
    <message>
        <source>Say first where it belongs.</source>
        <translation>Sagen Sie zuerst, wohin es gehört.</translation>
    </message>
    <message>
        <source>Score</source>
        <translation>Wertung</translation>
    </message>
    <message>
        <source>See where it stands as soon as the server can be reached, then go on from there.</source>
        <translation>Sehen Sie nach, wo sie steht, sobald der Server erreichbar ist, und machen Sie von da aus weiter.</translation>
    </message>
    <message>
        <source>See where it stands, then go on from there.</source>
        <translation>Sehen Sie nach, wo sie steht, und machen Sie von da aus weiter.</translation>
    </message>
    <message>
        <source>See where the database stands, then try again.</source>
        <translation>Sehen Sie nach, wo die Datenbank steht, und versuchen Sie es noch einmal.</translation>
    </message>
    <message>
        <source>Select or filter fewer, and go on part by part.</source>
        <translation>Weniger auswählen oder filtern und Teil für Teil vorgehen.</translation>
    </message>
    <message>
        <source>Select them once more.</source>
        <translation>Wählen Sie sie noch einmal aus.</translation>
    </message>
    <message>
        <source>Send the details to whoever wrote the revision; until then the database works as it is.</source>
        <translation>Senden Sie die Einzelheiten an den, der die Revision geschrieben hat; bis dahin arbeitet die Datenbank, wie sie ist.</translation>
    </message>
    <message>
        <source>Session</source>
        <translation>Sitzung</translation>
    </message>
    <message>
        <source>Sessions</source>
        <translation>Sitzungen</translation>
    </message>
    <message>
        <source>Sessions of the web neither come back nor go.</source>
        <translation>Sitzungen im Web kommen weder zurück noch verschwinden sie.</translation>
    </message>
    <message>
        <source>Sessions of the web that were ended do not come back.</source>
        <translation>Beendete Sitzungen im Web kommen nicht zurück.</translation>
    </message>
    <message>
        <source>Short answer</source>
        <translation>Kurzantwort</translation>
    </message>
    <message>
        <source>Short name</source>
        <translation>Kurzname</translation>
    </message>
    <message>
        <source>Shorten it and save again.</source>
        <translation>Kürzen Sie ihn und speichern Sie noch einmal.</translation>
    </message>
    <message>
        <source>Shuffled</source>
        <translation>Gemischt</translation>
    </message>
    <message>
        <source>Sign in again for a new one.</source>
        <translation>Melden Sie sich noch einmal an, um ein neues zu erhalten.</translation>
    </message>
    <message>
        <source>Sign in again to go on with your new role.</source>
        <translation>Melden Sie sich neu an, um mit Ihrer neuen Rolle fortzufahren.</translation>
    </message>
    <message>
        <source>Sign in as that person.</source>
        <translation>Melden Sie sich als diese Person an.</translation>
    </message>
    <message>
        <source>Sign in first.</source>
        <translation>Melden Sie sich zuerst an.</translation>
    </message>
    <message>
        <source>Sign in with another account.</source>
        <translation>Melden Sie sich mit einem anderen Konto an.</translation>
    </message>
    <message>
        <source>Sign-in</source>
        <translation>Anmeldung</translation>
    </message>
    <message>
        <source>Sign-ins</source>
        <translation>Anmeldungen</translation>
    </message>
    <message>
        <source>Signed in</source>
        <translation>Angemeldet</translation>
    </message>
    <message>
        <source>Some of it has no place in the database any more and is left out.</source>
        <translation>Einiges davon hat in der Datenbank keinen Platz mehr und wird ausgelassen.</translation>
    </message>
    <message>
        <source>Some of these attempts are not yours to mark again.</source>
        <translation>Einige dieser Versuche dürfen Sie nicht neu bewerten.</translation>
    </message>
    <message>
        <source>Somebody else changed the same rows at the same moment; nothing was changed.</source>
        <translation>Jemand anderes hat im selben Augenblick dieselben Zeilen geändert; es wurde nichts geändert.</translation>
    </message>
    <message>
        <source>Somebody else changed this meanwhile.</source>
        <translation>Jemand anderes hat dies inzwischen geändert.</translation>
    </message>
    <message>
        <source>Somebody else has changed or deleted this meanwhile; nothing was overwritten.</source>
        <translation>Jemand anderes hat dies inzwischen geändert oder gelöscht; es wurde nichts überschrieben.</translation>
    </message>
    <message>
        <source>Somebody else is changing the same rows just now; nothing was changed.</source>
        <translation>Jemand anderes ändert gerade dieselben Zeilen; es wurde nichts geändert.</translation>
    </message>
    <message>
        <source>Somebody else is changing the same rows. Nothing was changed.</source>
        <translation>Jemand anderes ändert dieselben Zeilen. Es wurde nichts geändert.</translation>
    </message>
    <message>
        <source>Somebody else is migrating this database: {who}.</source>
        <translation>Jemand anderes migriert diese Datenbank: {who}.</translation>
    </message>
    <message>
        <source>Somebody else is using this just now.</source>
        <translation>Jemand anderes verwendet dies gerade.</translation>
    </message>
    <message>
        <source>Somebody has migrated this database since the plan was made.</source>
        <translation>Jemand hat diese Datenbank migriert, seit der Plan gemacht wurde.</translation>
    </message>
    <message>
        <source>Somebody works on the schema just now and keeps everybody away from a table.</source>
        <translation>Jemand arbeitet gerade am Schema und hält alle von einer Tabelle fern.</translation>
    </message>
    <message>
        <source>Something between here and the database does not take this program&apos;s settings.</source>
        <translation>Etwas zwischen hier und der Datenbank nimmt die Einstellungen dieses Programms nicht an.</translation>
    </message>
    <message>
        <source>Something went wrong inside the program.</source>
        <translation>Im Programm ist etwas schiefgegangen.</translation>
    </message>
    <message>
        <source>Sorted the {things} of {parent} by title.</source>
        <translation>{things} von {parent} nach Titel sortiert.</translation>
    </message>
    <message>
        <source>Staff</source>
        <translation>Mitarbeiter</translation>
    </message>
    <message>
        <source>Start it on a desktop, or draw the window into a file with --screenshot FILE.</source>
        <translation>Starten Sie es auf einem Desktop, oder zeichnen Sie das Fenster mit --screenshot DATEI in eine Datei.</translation>
    </message>
    <message>
        <source>Start the program as an ordinary user.</source>
        <translation>Starten Sie das Programm als gewöhnlicher Benutzer.</translation>
    </message>
    <message>
        <source>Started</source>
        <translation>Begonnen</translation>
    </message>
    <message>
        <source>Starting the embedded PostgreSQL.</source>
        <translation>Das eingebettete PostgreSQL wird gestartet.</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Status</translation>
    </message>
    <message>
        <source>Stored as a hash and never shown. A new password cannot be taken back with Undo.</source>
        <translation>Wird als Hash gespeichert und nie angezeigt. Ein neues Passwort lässt sich nicht rückgängig machen.</translation>
    </message>
    <message>
        <source>Student</source>
        <translation>Teilnehmer</translation>
    </message>
    <message>
        <source>Student&apos;s e-mail</source>
        <translation>E-Mail des Teilnehmers</translation>
    </message>
    <message>
        <source>Students</source>
        <translation>Teilnehmer</translation>
    </message>
    <message>
        <source>Students cannot sign in here.</source>
        <translation>Teilnehmer können sich hier nicht anmelden.</translation>
    </message>
    <message>
        <source>Table {table} is missing.</source>
        <translation>Die Tabelle {table} fehlt.</translation>
    </message>
    <message>
        <source>Table {table} is more than the revision makes.</source>
        <translation>Die Tabelle {table} ist mehr, als die Revision anlegt.</translation>
    </message>
    <message>
        <source>Taken back</source>
        <translation>Zurückgenommen</translation>
    </message>
    <message>
        <source>Takes back</source>
        <translation>Nimmt zurück</translation>
    </message>
    <message>
        <source>Taking {things} away: {done} of {count}</source>
        <translation>Wird wieder entfernt: {things}, {done} von {count}</translation>
    </message>
    <message>
        <source>Teaching</source>
        <translation>Unterricht</translation>
    </message>
    <message>
        <source>Text</source>
        <translation>Text</translation>
    </message>
    <message>
        <source>That was the copy; the database itself is as it was.</source>
        <translation>Das war die Kopie; die Datenbank selbst ist, wie sie war.</translation>
    </message>
    <message>
        <source>The PostgreSQL that the demo uses is not installed.</source>
        <translation>Das PostgreSQL, das die Demo verwendet, ist nicht installiert.</translation>
    </message>
    <message>
        <source>The accepted answers are written as a list of numbers; each of them is accepted.</source>
        <translation>Die gültigen Antworten sind als Liste von Zahlen geschrieben; jede davon gilt.</translation>
    </message>
    <message>
        <source>The account {account}, which PostgreSQL runs under, cannot go into the folder {folder}.</source>
        <translation>Das Konto {account}, unter dem PostgreSQL läuft, kommt nicht in den Ordner {folder}.</translation>
    </message>
    <message>
        <source>The answer “{answer}” is none of the options.</source>
        <translation>Die Antwort „{answer}“ ist keine der Antwortmöglichkeiten.</translation>
    </message>
    <message>
        <source>The answers of the {n} selected are marked again, by the questions and pass marks as they are now. Attempts under way, with an essay or with answers by place stay as they are.</source>
        <translation>Die Antworten der {n} ausgewählten werden neu bewertet, nach den Fragen und Bestehensgrenzen, wie sie jetzt sind. Versuche, die laufen, einen Aufsatz enthalten oder Antworten nach Position haben, bleiben, wie sie sind.</translation>
    </message>
    <message>
        <source>The change log is not installed in this database.</source>
        <translation>Das Änderungsprotokoll ist in dieser Datenbank nicht eingerichtet.</translation>
    </message>
    <message>
        <source>The change log knows nothing of this operation.</source>
        <translation>Das Änderungsprotokoll weiß nichts von diesem Vorgang.</translation>
    </message>
    <message>
        <source>The change log of this database is not open to your connection.</source>
        <translation>Das Änderungsprotokoll dieser Datenbank steht Ihrer Verbindung nicht offen.</translation>
    </message>
    <message>
        <source>The change log: every change made here, with before and after, so that it can be looked up and taken back.</source>
        <translation>Das Änderungsprotokoll: jede Änderung, die hier gemacht wird, mit Vorher und Nachher, zum Nachsehen und Zurücknehmen.</translation>
    </message>
    <message>
        <source>The connection that held the migration&apos;s lock was lost, so the migration was stopped.</source>
        <translation>Die Verbindung, die die Sperre der Migration hielt, ist abgebrochen; deshalb wurde die Migration angehalten.</translation>
    </message>
    <message>
        <source>The connection that held the migration&apos;s lock was lost.</source>
        <translation>Die Verbindung, die die Sperre der Migration hielt, ist abgebrochen.</translation>
    </message>
    <message>
        <source>The connection to the database was lost at the very moment of saving.</source>
        <translation>Die Verbindung zur Datenbank ist genau beim Speichern abgebrochen.</translation>
    </message>
    <message>
        <source>The connection to the database was lost.</source>
        <translation>Die Verbindung zur Datenbank ist abgebrochen.</translation>
    </message>
    <message>
        <source>The connection was lost while the migration was being committed. It was committed.</source>
        <translation>Die Verbindung ist abgebrochen, während die Migration festgeschrieben wurde. Sie wurde festgeschrieben.</translation>
    </message>
    <message>
        <source>The copy could not be made: {reason}</source>
        <translation>Die Kopie konnte nicht angelegt werden: {reason}</translation>
    </message>
    <message>
        <source>The copy is ready.</source>
        <translation>Die Kopie ist bereit.</translation>
    </message>
    <message>
        <source>The data in {folder} was made by PostgreSQL {made_with} and cannot be opened by {version}.</source>
        <translation>Die Daten in {folder} wurden von PostgreSQL {made_with} angelegt und können von {version} nicht geöffnet werden.</translation>
    </message>
    <message>
        <source>The database could not be saved: {reason}</source>
        <translation>Die Datenbank konnte nicht gesichert werden: {reason}</translation>
    </message>
    <message>
        <source>The database does not give this connection the right to do that.</source>
        <translation>Die Datenbank gibt dieser Verbindung nicht das Recht dazu.</translation>
    </message>
    <message>
        <source>The database does not give this connection the right to these {things}.</source>
        <translation>Die Datenbank gibt dieser Verbindung kein Recht an: {things}.</translation>
    </message>
    <message>
        <source>The database does not have all the tables and columns that this program needs.</source>
        <translation>Die Datenbank hat nicht alle Tabellen und Spalten, die dieses Programm braucht.</translation>
    </message>
    <message>
        <source>The database has a rule that does not allow this “{column}” of a {thing}.</source>
        <translation>Eine Regel der Datenbank lässt diesen Wert in „{column}“ nicht zu ({thing}).</translation>
    </message>
    <message>
        <source>The database has no free connection left.</source>
        <translation>Die Datenbank hat keine freie Verbindung mehr.</translation>
    </message>
    <message>
        <source>The database is at {at}, and the schema is as that makes it.</source>
        <translation>Die Datenbank steht auf {at}, und das Schema ist so, wie das es ergibt.</translation>
    </message>
    <message>
        <source>The database is at {at}, but these indexes are invalid: {names}.</source>
        <translation>Die Datenbank steht auf {at}, aber diese Indizes sind ungültig: {names}.</translation>
    </message>
    <message>
        <source>The database is at {at}; differences from that: {number}.</source>
        <translation>Die Datenbank steht auf {at}; Unterschiede dazu: {number}.</translation>
    </message>
    <message>
        <source>The database is at {at}; what that should have given was not recorded.</source>
        <translation>Die Datenbank steht auf {at}; was das hätte ergeben sollen, ist nicht aufgezeichnet.</translation>
    </message>
    <message>
        <source>The database is at {state_revision}. What {halfway} did until then may have stayed, because it commits in its midst.</source>
        <translation>Die Datenbank steht auf {state_revision}. Was {halfway} bis dahin getan hat, ist vielleicht geblieben, denn sie schreibt mittendrin fest.</translation>
    </message>
    <message>
        <source>The database is at {state_revision}. What {halfway} did until then may have stayed, because it commits in its midst; these indexes are invalid: {invalid_indexes}.</source>
        <translation>Die Datenbank steht auf {state_revision}. Was {halfway} bis dahin getan hat, ist vielleicht geblieben, denn sie schreibt mittendrin fest; diese Indizes sind ungültig: {invalid_indexes}.</translation>
    </message>
    <message>
        <source>The database is being shut down.</source>
        <translation>Die Datenbank wird gerade heruntergefahren.</translation>
    </message>
    <message>
        <source>The database is just starting or recovering.</source>
        <translation>Die Datenbank startet gerade oder stellt sich wieder her.</translation>
    </message>
    <message>
        <source>The database is not ready for anybody to sign in.</source>
        <translation>Die Datenbank ist noch nicht so weit, dass sich jemand anmelden kann.</translation>
    </message>
    <message>
        <source>The database refused this: {message}</source>
        <translation>Die Datenbank hat dies abgelehnt: {message}</translation>
    </message>
    <message>
        <source>The database server{host} cannot be reached.</source>
        <translation>Der Datenbankserver{host} ist nicht erreichbar.</translation>
    </message>
    <message>
        <source>The database server{host} does not answer.</source>
        <translation>Der Datenbankserver{host} antwortet nicht.</translation>
    </message>
    <message>
        <source>The database stopped before it was done. Nothing was changed.</source>
        <translation>Die Datenbank hat abgebrochen, bevor sie fertig war. Es wurde nichts geändert.</translation>
    </message>
    <message>
        <source>The database took too long and was stopped; nothing was changed.</source>
        <translation>Die Datenbank brauchte zu lange und wurde angehalten; es wurde nichts geändert.</translation>
    </message>
    <message>
        <source>The database was saved to {file}.</source>
        <translation>Die Datenbank wurde in {file} gesichert.</translation>
    </message>
    <message>
        <source>The database {database} is not the demo&apos;s, and nothing was added to it.</source>
        <translation>Die Datenbank {database} ist nicht die der Demo, und es wurde ihr nichts hinzugefügt.</translation>
    </message>
    <message>
        <source>The database&apos;s address cannot be understood.</source>
        <translation>Die Adresse der Datenbank ist nicht zu verstehen.</translation>
    </message>
    <message>
        <source>The default of {table}.{name} is {found} here and should be {wanted}.</source>
        <translation>Der Standardwert von {table}.{name} ist hier {found} und sollte {wanted} sein.</translation>
    </message>
    <message>
        <source>The demo has no account {email} that may sign in.</source>
        <translation>Die Demo hat kein Konto {email}, das sich anmelden darf.</translation>
    </message>
    <message>
        <source>The difficulty can only be beginner, intermediate, advanced or empty.</source>
        <translation>Die Schwierigkeit kann nur Einsteiger, Mittelstufe, Fortgeschritten oder leer sein.</translation>
    </message>
    <message>
        <source>The disk is full: {file} could not be written.</source>
        <translation>Der Datenträger ist voll: {file} konnte nicht geschrieben werden.</translation>
    </message>
    <message>
        <source>The e-mail address or the password is not right.</source>
        <translation>Die E-Mail-Adresse oder das Passwort stimmt nicht.</translation>
    </message>
    <message>
        <source>The embedded PostgreSQL cannot be started in {folder}: {reason}.</source>
        <translation>Das eingebettete PostgreSQL kann in {folder} nicht gestartet werden: {reason}.</translation>
    </message>
    <message>
        <source>The embedded PostgreSQL could not be started. Its last words: {words}</source>
        <translation>Das eingebettete PostgreSQL konnte nicht gestartet werden. Seine letzten Worte: {words}</translation>
    </message>
    <message>
        <source>The embedded PostgreSQL is not running.</source>
        <translation>Das eingebettete PostgreSQL läuft nicht.</translation>
    </message>
    <message>
        <source>The environment variable {name} is “{text}”, but it must be {kind} from {least} to {most}.</source>
        <translation>Die Umgebungsvariable {name} ist „{text}“, muss aber {kind} von {least} bis {most} sein.</translation>
    </message>
    <message>
        <source>The first administrator is created before anybody signs in.</source>
        <translation>Der erste Administrator wird angelegt, bevor sich jemand anmeldet.</translation>
    </message>
    <message>
        <source>The folder {folder} does not hold the data of a PostgreSQL.</source>
        <translation>Der Ordner {folder} enthält nicht die Daten eines PostgreSQL.</translation>
    </message>
    <message>
        <source>The id {revision} is too long for any version table.</source>
        <translation>Die Kennung {revision} ist zu lang für jede Versionstabelle.</translation>
    </message>
    <message>
        <source>The index {name} was made, but is not valid.</source>
        <translation>Der Index {name} wurde gebaut, ist aber nicht gültig.</translation>
    </message>
    <message>
        <source>The migration was stopped.</source>
        <translation>Die Migration wurde angehalten.</translation>
    </message>
    <message>
        <source>The migrations of this database and of this program do not fit together.</source>
        <translation>Die Migrationen dieser Datenbank und dieses Programms passen nicht zusammen.</translation>
    </message>
    <message>
        <source>The name of the file is too long.</source>
        <translation>Der Name der Datei ist zu lang.</translation>
    </message>
    <message>
        <source>The network connection failed.</source>
        <translation>Die Netzwerkverbindung ist fehlgeschlagen.</translation>
    </message>
    <message>
        <source>The next free number of the year is taken when left empty.</source>
        <translation>Bleibt es leer, wird die nächste freie Nummer des Jahres genommen.</translation>
    </message>
    <message>
        <source>The number {number} is too large.</source>
        <translation>Die Zahl {number} ist zu groß.</translation>
    </message>
    <message>
        <source>The option&apos;s text, true or false, or the accepted short answers; several as a JSON list.</source>
        <translation>Der Text der Antwortmöglichkeit, true oder false, oder die gültigen Kurzantworten; mehrere als JSON-Liste.</translation>
    </message>
    <message>
        <source>The options are nested too deeply; they can be edited as they are written.</source>
        <translation>Die Antwortmöglichkeiten sind zu tief verschachtelt; sie können bearbeitet werden, wie sie geschrieben sind.</translation>
    </message>
    <message>
        <source>The options are not JSON; they can be edited as they are written.</source>
        <translation>Die Antwortmöglichkeiten sind kein JSON; sie können bearbeitet werden, wie sie geschrieben sind.</translation>
    </message>
    <message>
        <source>The options are not a list; they can be edited as they are written.</source>
        <translation>Die Antwortmöglichkeiten sind keine Liste; sie können bearbeitet werden, wie sie geschrieben sind.</translation>
    </message>
    <message>
        <source>The options of question {n} of “{quiz}” cannot be read as choices.</source>
        <translation>Die Antwortmöglichkeiten von Frage {n} von „{quiz}“ lassen sich nicht als Auswahl lesen.</translation>
    </message>
    <message>
        <source>The order is as it was: they stand there already.</source>
        <translation>Die Reihenfolge ist, wie sie war: Sie stehen schon dort.</translation>
    </message>
    <message>
        <source>The page “{page}” can be drawn only of the demo, with --sign-in EMAIL.</source>
        <translation>Die Seite „{page}“ kann nur von der Demo gezeichnet werden, mit --sign-in E-MAIL.</translation>
    </message>
    <message>
        <source>The pass mark of “{quiz}” is not between 0 and 100 %.</source>
        <translation>Die Bestehensgrenze von „{quiz}“ liegt nicht zwischen 0 und 100 %.</translation>
    </message>
    <message>
        <source>The password of the embedded PostgreSQL in {folder} is lost.</source>
        <translation>Das Passwort des eingebetteten PostgreSQL in {folder} ist verloren.</translation>
    </message>
    <message>
        <source>The percentage of all points that passes.</source>
        <translation>Der Anteil aller Punkte in Prozent, mit dem bestanden ist.</translation>
    </message>
    <message>
        <source>The percentage of points: those reached, of all that the quiz&apos;s questions give.</source>
        <translation>Der Anteil der Punkte in Prozent: die erreichten von allen, die die Fragen des Quiz geben.</translation>
    </message>
    <message>
        <source>The picture cannot be saved as {file}.</source>
        <translation>Das Bild kann nicht als {file} gespeichert werden.</translation>
    </message>
    <message>
        <source>The port in the database&apos;s address must be from 1 to 65535.</source>
        <translation>Der Port in der Adresse der Datenbank muss von 1 bis 65535 sein.</translation>
    </message>
    <message>
        <source>The quiz “{quiz}” has no questions.</source>
        <translation>Das Quiz „{quiz}“ hat keine Fragen.</translation>
    </message>
    <message>
        <source>The record of migrations: which revision was applied or taken back, when and by whom.</source>
        <translation>Das Verzeichnis der Migrationen: welche Revision wann und von wem angewendet oder zurückgenommen wurde.</translation>
    </message>
    <message>
        <source>The rehearsal runs on this database itself: while it lasts, others wait for the tables that it changes. Nothing of it stays.</source>
        <translation>Die Probe läuft auf dieser Datenbank selbst: Solange sie dauert, warten andere auf die Tabellen, die sie ändert. Nichts davon bleibt.</translation>
    </message>
    <message>
        <source>The rehearsal was rolled back; others wrote to {tables} meanwhile.</source>
        <translation>Die Probe wurde zurückgerollt; andere haben inzwischen in {tables} geschrieben.</translation>
    </message>
    <message>
        <source>The rehearsal was stopped, and everything rolled back.</source>
        <translation>Die Probe wurde angehalten und alles zurückgerollt.</translation>
    </message>
    <message>
        <source>The rehearsal was stopped, and the copy dropped.</source>
        <translation>Die Probe wurde angehalten und die Kopie gelöscht.</translation>
    </message>
    <message>
        <source>The revision {target} lies the other way.</source>
        <translation>Die Revision {target} liegt in der anderen Richtung.</translation>
    </message>
    <message>
        <source>The revisions have one head.</source>
        <translation>Die Revisionen haben ein einziges Ende (head).</translation>
    </message>
    <message>
        <source>The revisions of this program have several heads: {heads}.</source>
        <translation>Die Revisionen dieses Programms haben mehrere Enden (heads): {heads}.</translation>
    </message>
    <message>
        <source>The right answer to question {n} of “{quiz}” is none that students can give.</source>
        <translation>Die richtige Antwort auf Frage {n} von „{quiz}“ ist keine, die Teilnehmer geben können.</translation>
    </message>
    <message>
        <source>The right answer “{answer}” is neither true nor false.</source>
        <translation>Die richtige Antwort „{answer}“ ist weder wahr noch falsch.</translation>
    </message>
    <message>
        <source>The right answer “{answer}” is none of the options.</source>
        <translation>Die richtige Antwort „{answer}“ ist keine der Antwortmöglichkeiten.</translation>
    </message>
    <message>
        <source>The right answer “{answer}” is the text of several options.</source>
        <translation>Die richtige Antwort „{answer}“ ist der Text mehrerer Antwortmöglichkeiten.</translation>
    </message>
    <message>
        <source>The role {user} does not own {tables}; {owner} does.</source>
        <translation>Die Rolle {user} ist nicht Eigentümer von {tables}, sondern {owner}.</translation>
    </message>
    <message>
        <source>The role {user} may do all of this.</source>
        <translation>Die Rolle {user} darf das alles.</translation>
    </message>
    <message>
        <source>The role {user} may not create anything in the schema {schema}.</source>
        <translation>Die Rolle {user} darf im Schema {schema} nichts anlegen.</translation>
    </message>
    <message>
        <source>The role {user} may not create the schema {schema}.</source>
        <translation>Die Rolle {user} darf das Schema {schema} nicht anlegen.</translation>
    </message>
    <message>
        <source>The schema equals that of no revision, so none was put on record.</source>
        <translation>Das Schema gleicht dem keiner Revision; deshalb wurde keine eingetragen.</translation>
    </message>
    <message>
        <source>The schema is as its revision makes it.</source>
        <translation>Das Schema ist, wie seine Revision es anlegt.</translation>
    </message>
    <message>
        <source>The schema was changed meanwhile, by somebody else: the rehearsal was rolled back.</source>
        <translation>Das Schema wurde inzwischen von jemand anderem geändert: Die Probe wurde zurückgerollt.</translation>
    </message>
    <message>
        <source>The server cannot say any more whether this was saved before the connection was lost.</source>
        <translation>Der Server kann nicht mehr sagen, ob dies gespeichert wurde, bevor die Verbindung abbrach.</translation>
    </message>
    <message>
        <source>The server did not accept the name or the password of the connection.</source>
        <translation>Der Server hat den Namen oder das Passwort der Verbindung nicht angenommen.</translation>
    </message>
    <message>
        <source>The server does not say that the rehearsal was rolled back.</source>
        <translation>Der Server sagt nicht, dass die Probe zurückgerollt wurde.</translation>
    </message>
    <message>
        <source>The server has run out of memory or of another resource; nothing was changed.</source>
        <translation>Dem Server ist der Speicher oder ein anderes Betriebsmittel ausgegangen; es wurde nichts geändert.</translation>
    </message>
    <message>
        <source>The server has trouble with its own files.</source>
        <translation>Der Server hat Schwierigkeiten mit seinen eigenen Dateien.</translation>
    </message>
    <message>
        <source>The server is PostgreSQL {version}, and this program needs {oldest} or a newer one.</source>
        <translation>Auf dem Server läuft PostgreSQL {version}; dieses Programm braucht {oldest} oder eine neuere Version.</translation>
    </message>
    <message>
        <source>The server is on this computer: nobody is on the way to it.</source>
        <translation>Der Server ist auf diesem Computer: Es ist niemand dazwischen.</translation>
    </message>
    <message>
        <source>The server reports an internal error.</source>
        <translation>Der Server meldet einen internen Fehler.</translation>
    </message>
    <message>
        <source>The server&apos;s disk is full; nothing was changed.</source>
        <translation>Der Datenträger des Servers ist voll; es wurde nichts geändert.</translation>
    </message>
    <message>
        <source>The server{host} could not prove that it is the right one, so nothing was sent to it.</source>
        <translation>Der Server{host} konnte nicht nachweisen, dass er der richtige ist; deshalb wurde ihm nichts gesendet.</translation>
    </message>
    <message>
        <source>The server{host} does not let this name into this database from here.</source>
        <translation>Der Server{host} lässt diesen Namen von hier aus nicht in diese Datenbank.</translation>
    </message>
    <message>
        <source>The server{host} does not offer an encrypted connection, which this address demands.</source>
        <translation>Der Server{host} bietet keine verschlüsselte Verbindung an, die diese Adresse verlangt.</translation>
    </message>
    <message>
        <source>The short name is part of a web address: no blanks, no / ? #.</source>
        <translation>Der Kurzname ist Teil einer Webadresse: keine Leerzeichen, kein / ? #.</translation>
    </message>
    <message>
        <source>The sign-ins are for administrators to see.</source>
        <translation>Die Anmeldungen dürfen nur Administratoren sehen.</translation>
    </message>
    <message>
        <source>The system could not do that with {file}.</source>
        <translation>Das System konnte das mit {file} nicht tun.</translation>
    </message>
    <message>
        <source>The text is not written as {encoding}.</source>
        <translation>Der Text ist nicht in {encoding} geschrieben.</translation>
    </message>
    <message>
        <source>The time limit of “{quiz}” leaves no time to answer.</source>
        <translation>Das Zeitlimit von „{quiz}“ lässt keine Zeit zum Antworten.</translation>
    </message>
    <message>
        <source>The time limit was reached; everything was rolled back.</source>
        <translation>Das Zeitlimit war erreicht; alles wurde zurückgerollt.</translation>
    </message>
    <message>
        <source>The version table has room for every id.</source>
        <translation>Die Versionstabelle hat Platz für jede Kennung.</translation>
    </message>
    <message>
        <source>The version table takes ids of {width} characters, and only its owner can widen it.</source>
        <translation>Die Versionstabelle fasst Kennungen von {width} Zeichen, und nur ihr Eigentümer kann sie erweitern.</translation>
    </message>
    <message>
        <source>The version table takes ids of {width} characters; it is widened to {wide} first.</source>
        <translation>Die Versionstabelle fasst Kennungen von {width} Zeichen; sie wird zuerst auf {wide} erweitert.</translation>
    </message>
    <message>
        <source>The window was not ready to be drawn in time.</source>
        <translation>Das Fenster war nicht rechtzeitig bereit, gezeichnet zu werden.</translation>
    </message>
    <message>
        <source>The work took longer than the server allows; nothing was changed.</source>
        <translation>Die Arbeit dauerte länger, als der Server erlaubt; es wurde nichts geändert.</translation>
    </message>
    <message>
        <source>The {things} of {parent} are sorted by title already.</source>
        <translation>{things} von {parent} sind bereits nach Titel sortiert.</translation>
    </message>
    <message>
        <source>There are no courses yet. Begin with a title and somebody who teaches it.</source>
        <translation>Es gibt noch keine Kurse. Beginnen Sie mit einem Titel und jemandem, der unterrichtet.</translation>
    </message>
    <message>
        <source>There are no lessons yet.</source>
        <translation>Es gibt noch keine Lektionen.</translation>
    </message>
    <message>
        <source>There are no lessons yet. A course is made of them: add its first one.</source>
        <translation>Es gibt noch keine Lektionen. Aus ihnen besteht ein Kurs: Fügen Sie die erste hinzu.</translation>
    </message>
    <message>
        <source>There are no questions in this.</source>
        <translation>Darin sind keine Fragen.</translation>
    </message>
    <message>
        <source>There are no questions yet. Choose a quiz and add its first one.</source>
        <translation>Es gibt noch keine Fragen. Wählen Sie ein Quiz und fügen Sie die erste hinzu.</translation>
    </message>
    <message>
        <source>There are no quizzes yet. Begin with a title, then add its questions.</source>
        <translation>Es gibt noch keine Quizze. Beginnen Sie mit einem Titel und fügen Sie dann die Fragen hinzu.</translation>
    </message>
    <message>
        <source>There are registrar@lms.com, instructor@lms.com and admin@lms.com.</source>
        <translation>Es gibt registrar@lms.com, instructor@lms.com und admin@lms.com.</translation>
    </message>
    <message>
        <source>There are {pages}.</source>
        <translation>Es gibt {pages}.</translation>
    </message>
    <message>
        <source>There are: {known}; and head, base, +1, -1.</source>
        <translation>Es gibt: {known}; und head, base, +1, -1.</translation>
    </message>
    <message>
        <source>There is a NUL character in this text; PostgreSQL cannot store it.</source>
        <translation>In diesem Text steht ein NUL-Zeichen; PostgreSQL kann es nicht speichern.</translation>
    </message>
    <message>
        <source>There is a blank in this web address; there it is written %20.</source>
        <translation>In dieser Webadresse steht ein Leerzeichen; dort schreibt man es %20.</translation>
    </message>
    <message>
        <source>There is a progress record of this lesson for this enrollment already.</source>
        <translation>Zu dieser Lektion gibt es für diese Einschreibung bereits einen Fortschritt.</translation>
    </message>
    <message>
        <source>There is a {thing} with the same values already.</source>
        <translation>Es gibt bereits einen Eintrag ({thing}) mit denselben Werten.</translation>
    </message>
    <message>
        <source>There is an administrator already.</source>
        <translation>Es gibt bereits einen Administrator.</translation>
    </message>
    <message>
        <source>There is half a character in this password.</source>
        <translation>In diesem Passwort steht ein halbes Zeichen.</translation>
    </message>
    <message>
        <source>There is more than one gap in this question: only the first is a question here.</source>
        <translation>In dieser Frage ist mehr als eine Lücke: Nur die erste ist hier eine Frage.</translation>
    </message>
    <message>
        <source>There is no PostgreSQL in {folder}.</source>
        <translation>In {folder} ist kein PostgreSQL.</translation>
    </message>
    <message>
        <source>There is no accepted answer.</source>
        <translation>Es gibt keine gültige Antwort.</translation>
    </message>
    <message>
        <source>There is no connection to a database.</source>
        <translation>Es besteht keine Verbindung zu einer Datenbank.</translation>
    </message>
    <message>
        <source>There is no display here to open a window on.</source>
        <translation>Hier ist kein Bildschirm, auf dem ein Fenster geöffnet werden könnte.</translation>
    </message>
    <message>
        <source>There is no field {key} to filter by here.</source>
        <translation>Hier gibt es kein Feld {key}, nach dem gefiltert werden könnte.</translation>
    </message>
    <message>
        <source>There is no page “{page}”.</source>
        <translation>Es gibt keine Seite „{page}“.</translation>
    </message>
    <message>
        <source>There is no question above this line.</source>
        <translation>Über dieser Zeile steht keine Frage.</translation>
    </message>
    <message>
        <source>There is no revision {target} here, or more than one begins like that.</source>
        <translation>Es gibt hier keine Revision {target}, oder mehr als eine beginnt so.</translation>
    </message>
    <message>
        <source>There is no room left on the disk for the embedded PostgreSQL.</source>
        <translation>Auf dem Datenträger ist kein Platz mehr für das eingebettete PostgreSQL.</translation>
    </message>
    <message>
        <source>There is no server of that name{host}.</source>
        <translation>Es gibt keinen Server dieses Namens{host}.</translation>
    </message>
    <message>
        <source>There is no such database on this server.</source>
        <translation>Auf diesem Server gibt es keine solche Datenbank.</translation>
    </message>
    <message>
        <source>There is no such date or time.</source>
        <translation>Ein solches Datum oder eine solche Uhrzeit gibt es nicht.</translation>
    </message>
    <message>
        <source>There is no such day or time: {typed}.</source>
        <translation>Einen solchen Tag oder eine solche Uhrzeit gibt es nicht: {typed}.</translation>
    </message>
    <message>
        <source>There is no such day. Write it like 2026-11-20.</source>
        <translation>Diesen Tag gibt es nicht. Schreiben Sie ihn wie 2026-11-20.</translation>
    </message>
    <message>
        <source>There is no such offset from UTC.</source>
        <translation>Einen solchen Abstand zu UTC gibt es nicht.</translation>
    </message>
    <message>
        <source>There is no such offset from UTC: {offset}.</source>
        <translation>Einen solchen Abstand zu UTC gibt es nicht: {offset}.</translation>
    </message>
    <message>
        <source>There is not enough memory for this.</source>
        <translation>Dafür ist nicht genug Speicher vorhanden.</translation>
    </message>
    <message>
        <source>There is nothing in it that could be taken back.</source>
        <translation>Darin ist nichts, was zurückgenommen werden könnte.</translation>
    </message>
    <message>
        <source>There was nothing to copy.</source>
        <translation>Es gab nichts zu kopieren.</translation>
    </message>
    <message>
        <source>There was nothing to do: the database is at {at}.</source>
        <translation>Es gab nichts zu tun: Die Datenbank steht auf {at}.</translation>
    </message>
    <message>
        <source>There were no questions to add.</source>
        <translation>Es gab keine Fragen hinzuzufügen.</translation>
    </message>
    <message>
        <source>They are most like those of {revision}; what is different has to be mended first.</source>
        <translation>Sie gleichen am meisten denen von {revision}; was anders ist, muss zuerst behoben werden.</translation>
    </message>
    <message>
        <source>They are those of {revision}, which can be put on record.</source>
        <translation>Es sind die von {revision}; das kann eingetragen werden.</translation>
    </message>
    <message>
        <source>They cannot be given to what is being deleted as well.</source>
        <translation>Sie können nicht an etwas gehen, das selbst gelöscht wird.</translation>
    </message>
    <message>
        <source>This JSON is nested too deeply.</source>
        <translation>Dieses JSON ist zu tief verschachtelt.</translation>
    </message>
    <message>
        <source>This XML is nested too deeply.</source>
        <translation>Dieses XML ist zu tief verschachtelt.</translation>
    </message>
    <message>
        <source>This account has been deactivated.</source>
        <translation>Dieses Konto wurde deaktiviert.</translation>
    </message>
    <message>
        <source>This account was active already.</source>
        <translation>Dieses Konto war bereits aktiv.</translation>
    </message>
    <message>
        <source>This account was deactivated already.</source>
        <translation>Dieses Konto war bereits deaktiviert.</translation>
    </message>
    <message>
        <source>This cannot be a password: it holds a NUL character or is too long.</source>
        <translation>Dies kann kein Passwort sein: Es enthält ein NUL-Zeichen oder ist zu lang.</translation>
    </message>
    <message>
        <source>This cannot be deleted: it is referred to by {things}.</source>
        <translation>Dies kann nicht gelöscht werden: Darauf verweisen {things}.</translation>
    </message>
    <message>
        <source>This cannot be taken back: something has happened since to one of its rows. Nothing was changed.</source>
        <translation>Das kann nicht zurückgenommen werden: Mit einer seiner Zeilen ist seither etwas geschehen. Es wurde nichts geändert.</translation>
    </message>
    <message>
        <source>This cannot be taken back: {count} of its rows are in the way. Nothing was changed.</source>
        <translation>Das kann nicht zurückgenommen werden: {count} seiner Zeilen stehen im Weg. Es wurde nichts geändert.</translation>
    </message>
    <message>
        <source>This connection may only read: default_transaction_read_only is on.</source>
        <translation>Diese Verbindung darf nur lesen: default_transaction_read_only ist an.</translation>
    </message>
    <message>
        <source>This database calls itself {revision}, but its tables are not those of the LMS.</source>
        <translation>Diese Datenbank nennt sich {revision}, aber ihre Tabellen sind nicht die des LMS.</translation>
    </message>
    <message>
        <source>This database can only be read at present, perhaps because it is a standby.</source>
        <translation>Diese Datenbank kann zurzeit nur gelesen werden, vielleicht weil sie in Bereitschaft steht.</translation>
    </message>
    <message>
        <source>This database has tables, and they are not those of the LMS.</source>
        <translation>Diese Datenbank hat Tabellen, und es sind nicht die des LMS.</translation>
    </message>
    <message>
        <source>This database has tables, but no record of which revision they are.</source>
        <translation>Diese Datenbank hat Tabellen, aber nirgends steht, welche Revision sie sind.</translation>
    </message>
    <message>
        <source>This database has tables, but they are not known to be those of the LMS.</source>
        <translation>Diese Datenbank hat Tabellen, von denen nicht bekannt ist, dass sie die des LMS sind.</translation>
    </message>
    <message>
        <source>This database is at revision {revision}, but {head} is needed.</source>
        <translation>Diese Datenbank steht auf Revision {revision}, gebraucht wird aber {head}.</translation>
    </message>
    <message>
        <source>This database is at revision {revision}, made by a newer version of this program.</source>
        <translation>Diese Datenbank steht auf Revision {revision}, angelegt von einer neueren Version dieses Programms.</translation>
    </message>
    <message>
        <source>This database is at revision {revision}, which this program does not know.</source>
        <translation>Diese Datenbank steht auf Revision {revision}, die dieses Programm nicht kennt.</translation>
    </message>
    <message>
        <source>This database is at several revisions at once: {revisions}.</source>
        <translation>Diese Datenbank steht auf mehreren Revisionen zugleich: {revisions}.</translation>
    </message>
    <message>
        <source>This database is being migrated by somebody else just now: {holder}.</source>
        <translation>Diese Datenbank wird gerade von jemand anderem migriert: {holder}.</translation>
    </message>
    <message>
        <source>This database is empty: it has no tables yet.</source>
        <translation>Diese Datenbank ist leer: Sie hat noch keine Tabellen.</translation>
    </message>
    <message>
        <source>This database is up to date.</source>
        <translation>Diese Datenbank ist auf dem neuesten Stand.</translation>
    </message>
    <message>
        <source>This field cannot be changed here.</source>
        <translation>Dieses Feld kann hier nicht geändert werden.</translation>
    </message>
    <message>
        <source>This field is for administrators to change.</source>
        <translation>Dieses Feld dürfen nur Administratoren ändern.</translation>
    </message>
    <message>
        <source>This file has a document type declaration, which no export of Moodle has: it was not read.</source>
        <translation>Diese Datei hat eine Dokumenttyp-Deklaration, wie sie kein Export von Moodle hat: Sie wurde nicht gelesen.</translation>
    </message>
    <message>
        <source>This file is too large: at most {size} MB are read.</source>
        <translation>Diese Datei ist zu groß: Höchstens {size} MB werden gelesen.</translation>
    </message>
    <message>
        <source>This is XML, but not the XML of a Moodle quiz.</source>
        <translation>Das ist XML, aber nicht das eines Quiz von Moodle.</translation>
    </message>
    <message>
        <source>This is a text without a question: it was left out.</source>
        <translation>Dies ist ein Text ohne Frage: Er wurde ausgelassen.</translation>
    </message>
    <message>
        <source>This is not JSON yet: line {line}, column {column}: {reason}.</source>
        <translation>Das ist noch kein JSON: Zeile {line}, Spalte {column}: {reason}.</translation>
    </message>
    <message>
        <source>This is not a text file.</source>
        <translation>Dies ist keine Textdatei.</translation>
    </message>
    <message>
        <source>This is not in the database any more; somebody has deleted it.</source>
        <translation>Dies ist nicht mehr in der Datenbank; jemand hat es gelöscht.</translation>
    </message>
    <message>
        <source>This is not the database&apos;s name, and nothing was done.</source>
        <translation>Das ist nicht der Name der Datenbank; es wurde nichts getan.</translation>
    </message>
    <message>
        <source>This is not well-formed XML: {reason}.</source>
        <translation>Dies ist kein wohlgeformtes XML: {reason}.</translation>
    </message>
    <message>
        <source>This is out of the range of dates that can be typed here.</source>
        <translation>Das liegt außerhalb der Daten, die hier eingegeben werden können.</translation>
    </message>
    <message>
        <source>This is somebody else&apos;s work: you can take back your own.</source>
        <translation>Das hat jemand anderes getan: Zurücknehmen können Sie, was Sie selbst getan haben.</translation>
    </message>
    <message>
        <source>This lesson stands in another course by now.</source>
        <translation>Diese Lektion steht inzwischen in einem anderen Kurs.</translation>
    </message>
    <message>
        <source>This may not be blank.</source>
        <translation>Dies darf nicht leer sein.</translation>
    </message>
    <message>
        <source>This met with another change of the same rows; nothing was changed.</source>
        <translation>Dies traf mit einer anderen Änderung derselben Zeilen zusammen; es wurde nichts geändert.</translation>
    </message>
    <message>
        <source>This numerical question was taken as one with a short answer.</source>
        <translation>Diese numerische Frage wurde als Kurzantwort übernommen.</translation>
    </message>
    <message>
        <source>This operation cannot be found: it is not in the log, or it is not yours to see.</source>
        <translation>Dieser Vorgang ist nicht zu finden: Er steht nicht im Protokoll, oder Sie dürfen ihn nicht sehen.</translation>
    </message>
    <message>
        <source>This person no longer exists.</source>
        <translation>Diese Person gibt es nicht mehr.</translation>
    </message>
    <message>
        <source>This person still has courses as their instructor and cannot be deleted.</source>
        <translation>Diese Person unterrichtet noch Kurse und kann nicht gelöscht werden.</translation>
    </message>
    <message>
        <source>This program has no revision {revision}.</source>
        <translation>Dieses Programm hat keine Revision {revision}.</translation>
    </message>
    <message>
        <source>This program is for the school&apos;s staff.</source>
        <translation>Dieses Programm ist für die Mitarbeiter der Schule.</translation>
    </message>
    <message>
        <source>This program works with PostgreSQL alone; the address is one of {other}.</source>
        <translation>Dieses Programm arbeitet nur mit PostgreSQL; die Adresse ist eine von {other}.</translation>
    </message>
    <message>
        <source>This question has answers of several kinds: only its options were taken.</source>
        <translation>Diese Frage hat Antworten mehrerer Arten: Nur ihre Antwortmöglichkeiten wurden übernommen.</translation>
    </message>
    <message>
        <source>This question has no options.</source>
        <translation>Diese Frage hat keine Antwortmöglichkeiten.</translation>
    </message>
    <message>
        <source>This question has no text.</source>
        <translation>Diese Frage hat keinen Text.</translation>
    </message>
    <message>
        <source>This question has one option only.</source>
        <translation>Diese Frage hat nur eine Antwortmöglichkeit.</translation>
    </message>
    <message>
        <source>This question has options already: this line was left out.</source>
        <translation>Diese Frage hat schon Antwortmöglichkeiten: Diese Zeile wurde ausgelassen.</translation>
    </message>
    <message>
        <source>This quiz is no longer there.</source>
        <translation>Dieses Quiz gibt es nicht mehr.</translation>
    </message>
    <message>
        <source>This server is a standby and takes no changes.</source>
        <translation>Dieser Server steht in Bereitschaft und nimmt keine Änderungen an.</translation>
    </message>
    <message>
        <source>This server takes changes.</source>
        <translation>Dieser Server nimmt Änderungen an.</translation>
    </message>
    <message>
        <source>This student is enrolled in this course already.</source>
        <translation>Dieser Teilnehmer ist in diesem Kurs bereits eingeschrieben.</translation>
    </message>
    <message>
        <source>This type of question is not known here; it can be edited as it is written.</source>
        <translation>Diese Art von Frage ist hier nicht bekannt; sie kann bearbeitet werden, wie sie geschrieben ist.</translation>
    </message>
    <message>
        <source>This was a draft already.</source>
        <translation>Dies war bereits ein Entwurf.</translation>
    </message>
    <message>
        <source>This was published already.</source>
        <translation>Dies war bereits veröffentlicht.</translation>
    </message>
    <message>
        <source>This was revoked already.</source>
        <translation>Dies war bereits widerrufen.</translation>
    </message>
    <message>
        <source>This was saved already.</source>
        <translation>Dies wurde bereits gespeichert.</translation>
    </message>
    <message>
        <source>This was taken back already.</source>
        <translation>Dies wurde bereits zurückgenommen.</translation>
    </message>
    <message>
        <source>This web address names no computer: it looks like https://school.edu/page.</source>
        <translation>Diese Webadresse nennt keinen Computer: Sie sieht so aus: https://school.edu/page.</translation>
    </message>
    <message>
        <source>This {thing} cannot be deleted: there are {things} that belong to it.</source>
        <translation>Dieser Eintrag ({thing}) kann nicht gelöscht werden: Zu ihm gehören noch {things}.</translation>
    </message>
    <message>
        <source>This {thing} is in the database already.</source>
        <translation>Dieser Eintrag ({thing}) ist bereits in der Datenbank.</translation>
    </message>
    <message>
        <source>Time limit</source>
        <translation>Zeitlimit</translation>
    </message>
    <message>
        <source>Title</source>
        <translation>Titel</translation>
    </message>
    <message>
        <source>Together with</source>
        <translation>Zusammen mit</translation>
    </message>
    <message>
        <source>Token</source>
        <translation>Token</translation>
    </message>
    <message>
        <source>Too little is known of what was deleted: it cannot be restored.</source>
        <translation>Von dem, was gelöscht wurde, ist zu wenig bekannt: Es kann nicht wiederhergestellt werden.</translation>
    </message>
    <message>
        <source>Too many attempts have failed. Try again in {seconds} s.</source>
        <translation>Zu viele Versuche sind fehlgeschlagen. Versuchen Sie es in {seconds} s noch einmal.</translation>
    </message>
    <message>
        <source>Too many files are open.</source>
        <translation>Zu viele Dateien sind geöffnet.</translation>
    </message>
    <message>
        <source>Took back in part: {what}</source>
        <translation>Zum Teil zurückgenommen: {what}</translation>
    </message>
    <message>
        <source>Took back: {what}</source>
        <translation>Zurückgenommen: {what}</translation>
    </message>
    <message>
        <source>Trigger {name} of {table} is missing: changes there are not all logged.</source>
        <translation>Der Trigger {name} von {table} fehlt: Änderungen dort werden nicht alle protokolliert.</translation>
    </message>
    <message>
        <source>Trigger {name} of {table} is more than the revision makes.</source>
        <translation>Der Trigger {name} von {table} ist mehr, als die Revision anlegt.</translation>
    </message>
    <message>
        <source>Trigger {name} of {table} is not the one that the revision makes.</source>
        <translation>Der Trigger {name} von {table} ist nicht der, den die Revision anlegt.</translation>
    </message>
    <message>
        <source>Trigger {name} of {table} is switched off: changes there are not all logged.</source>
        <translation>Der Trigger {name} von {table} ist abgeschaltet: Änderungen dort werden nicht alle protokolliert.</translation>
    </message>
    <message>
        <source>True or false</source>
        <translation>Wahr oder falsch</translation>
    </message>
    <message>
        <source>Try again in a moment.</source>
        <translation>Versuchen Sie es gleich noch einmal.</translation>
    </message>
    <message>
        <source>Try again in a moment; if it goes on, ask whoever administers the database.</source>
        <translation>Versuchen Sie es gleich noch einmal; bleibt es so, fragen Sie den Verwalter der Datenbank.</translation>
    </message>
    <message>
        <source>Try again when it is back.</source>
        <translation>Versuchen Sie es noch einmal, wenn sie wieder da ist.</translation>
    </message>
    <message>
        <source>Try again when it is done.</source>
        <translation>Versuchen Sie es danach noch einmal.</translation>
    </message>
    <message>
        <source>Try again, or choose another place.</source>
        <translation>Versuchen Sie es noch einmal, oder wählen Sie einen anderen Ort.</translation>
    </message>
    <message>
        <source>Try again, or narrow down what you are looking for.</source>
        <translation>Versuchen Sie es noch einmal, oder grenzen Sie ein, was Sie suchen.</translation>
    </message>
    <message>
        <source>Two options are the same: {option}.</source>
        <translation>Zwei Antwortmöglichkeiten sind gleich: {option}.</translation>
    </message>
    <message>
        <source>Two-step sign-in</source>
        <translation>Zweistufige Anmeldung</translation>
    </message>
    <message>
        <source>Type</source>
        <translation>Art</translation>
    </message>
    <message>
        <source>Type the name of the database.</source>
        <translation>Geben Sie den Namen der Datenbank ein.</translation>
    </message>
    <message>
        <source>Under way</source>
        <translation>Läuft</translation>
    </message>
    <message>
        <source>Unpublish</source>
        <translation>Zurückziehen</translation>
    </message>
    <message>
        <source>Unpublished {name}.</source>
        <translation>{name} wurde zurückgezogen.</translation>
    </message>
    <message>
        <source>Unpublished {n} courses.</source>
        <translation>{n} Kurse wurden zurückgezogen.</translation>
    </message>
    <message>
        <source>Unpublished {n} quizzes.</source>
        <translation>{n} Quizze wurden zurückgezogen.</translation>
    </message>
    <message>
        <source>Unterminated string starting at</source>
        <translation>ein Text ohne Ende</translation>
    </message>
    <message>
        <source>Up to {needed} of disk are needed, and {free} are free.</source>
        <translation>Bis zu {needed} auf dem Datenträger werden gebraucht, {free} sind frei.</translation>
    </message>
    <message>
        <source>Up to {needed} of disk are needed; what is free cannot be seen from here.</source>
        <translation>Bis zu {needed} auf dem Datenträger werden gebraucht; was frei ist, ist von hier nicht zu sehen.</translation>
    </message>
    <message>
        <source>Use a number from -2147483648 to 2147483647.</source>
        <translation>Verwenden Sie eine Zahl von -2147483648 bis 2147483647.</translation>
    </message>
    <message>
        <source>Use another number.</source>
        <translation>Verwenden Sie eine andere Nummer.</translation>
    </message>
    <message>
        <source>Use the newer version that made it.</source>
        <translation>Verwenden Sie die neuere Version, die sie angelegt hat.</translation>
    </message>
    <message>
        <source>Use the newer version; this one changes nothing here.</source>
        <translation>Verwenden Sie die neuere Version; diese ändert hier nichts.</translation>
    </message>
    <message>
        <source>Valid</source>
        <translation>Gültig</translation>
    </message>
    <message>
        <source>Video</source>
        <translation>Video</translation>
    </message>
    <message>
        <source>Videos</source>
        <translation>Videos</translation>
    </message>
    <message>
        <source>Wait for what is running, or cancel it, and try again.</source>
        <translation>Warten Sie auf das, was läuft, oder brechen Sie es ab, und versuchen Sie es noch einmal.</translation>
    </message>
    <message>
        <source>Weaker than it should be.</source>
        <translation>Schwächer, als es sein sollte.</translation>
    </message>
    <message>
        <source>What</source>
        <translation>Was</translation>
    </message>
    <message>
        <source>What a multiple choice offers: a JSON list of texts, such as [&quot;red&quot;, &quot;blue&quot;].</source>
        <translation>Was eine Mehrfachauswahl anbietet: eine JSON-Liste von Texten, etwa [&quot;red&quot;, &quot;blue&quot;].</translation>
    </message>
    <message>
        <source>What is to be made is there already: {names}. The revision will fail and change nothing.</source>
        <translation>Was angelegt werden soll, ist schon da: {names}. Die Revision wird fehlschlagen und nichts ändern.</translation>
    </message>
    <message>
        <source>What should be called {name} on {table} is called {found} here.</source>
        <translation>Was auf {table} {name} heißen sollte, heißt hier {found}.</translation>
    </message>
    <message>
        <source>What the person signs in with.</source>
        <translation>Damit meldet sich die Person an.</translation>
    </message>
    <message>
        <source>What this belongs to is no longer there.</source>
        <translation>Wozu dies gehört, ist nicht mehr da.</translation>
    </message>
    <message>
        <source>What this was put behind is no longer in the list. Nothing was changed.</source>
        <translation>Wohinter dies gestellt wurde, ist nicht mehr in der Liste. Es wurde nichts geändert.</translation>
    </message>
    <message>
        <source>What was chosen as “{column}” of this {thing} is not in the database any more.</source>
        <translation>Was in „{column}“ gewählt wurde, ist nicht mehr in der Datenbank ({thing}).</translation>
    </message>
    <message>
        <source>What was deleted is not yours to restore.</source>
        <translation>Was gelöscht wurde, dürfen Sie nicht wiederherstellen.</translation>
    </message>
    <message>
        <source>What was done</source>
        <translation>Was getan wurde</translation>
    </message>
    <message>
        <source>What was done before that stays: the database is at {state_revision}.</source>
        <translation>Was davor getan wurde, bleibt: Die Datenbank steht auf {state_revision}.</translation>
    </message>
    <message>
        <source>What you were about to copy is no longer there. Nothing was changed.</source>
        <translation>Was Sie kopieren wollten, ist nicht mehr da. Es wurde nichts geändert.</translation>
    </message>
    <message>
        <source>What you were about to move is no longer there: it was deleted or moved away. Nothing was changed.</source>
        <translation>Was Sie verschieben wollten, ist nicht mehr da: Es wurde gelöscht oder anderswohin verschoben. Es wurde nichts geändert.</translation>
    </message>
    <message>
        <source>When</source>
        <translation>Wann</translation>
    </message>
    <message>
        <source>Where the database stands could not be found out.</source>
        <translation>Wo die Datenbank steht, war nicht herauszufinden.</translation>
    </message>
    <message>
        <source>Whether certificates hang on this cannot be told, and certificates are kept for ever.</source>
        <translation>Ob daran Zertifikate hängen, ist nicht festzustellen, und Zertifikate werden für immer aufbewahrt.</translation>
    </message>
    <message>
        <source>Whether it was saved is looked up as soon as the connection is back.</source>
        <translation>Ob es gespeichert wurde, wird nachgesehen, sobald die Verbindung wieder da ist.</translation>
    </message>
    <message>
        <source>Who</source>
        <translation>Wer</translation>
    </message>
    <message>
        <source>Who comes back has no password: nobody can sign in with that account until it gets a new one.</source>
        <translation>Wer zurückkommt, hat kein Passwort: Mit diesem Konto kann sich niemand anmelden, bis es ein neues erhält.</translation>
    </message>
    <message>
        <source>Whoever is on the way can have the encryption left out, read along and pose as the server.</source>
        <translation>Wer unterwegs ist, kann die Verschlüsselung weglassen lassen, mitlesen und sich als der Server ausgeben.</translation>
    </message>
    <message>
        <source>Whoever looks after the LMS&apos;s own migrations has to merge them; nothing is offered here.</source>
        <translation>Wer die eigenen Migrationen des LMS betreut, muss sie zusammenführen; hier wird nichts angeboten.</translation>
    </message>
    <message>
        <source>Whoever should get them is not there any more.</source>
        <translation>Wer sie bekommen sollte, ist nicht mehr da.</translation>
    </message>
    <message>
        <source>Whoever works in a revoked session must sign in again. This cannot be undone. Revoke {n}?</source>
        <translation>Wer in einer widerrufenen Sitzung arbeitet, muss sich neu anmelden. Das kann nicht rückgängig gemacht werden. {n} widerrufen?</translation>
    </message>
    <message>
        <source>Whoever writes them has to merge them first.</source>
        <translation>Wer sie schreibt, muss sie zuerst zusammenführen.</translation>
    </message>
    <message>
        <source>Whoever wrote it has to use Alembic&apos;s autocommit_block.</source>
        <translation>Wer sie geschrieben hat, muss den autocommit_block von Alembic verwenden.</translation>
    </message>
    <message>
        <source>Withdraw</source>
        <translation>Einschreibung aufheben</translation>
    </message>
    <message>
        <source>Withdrew {name}.</source>
        <translation>Einschreibung aufgehoben: {name}.</translation>
    </message>
    <message>
        <source>Withdrew {n} {things}.</source>
        <translation>{n} {things} aufgehoben.</translation>
    </message>
    <message>
        <source>Without a value, students may take as long as they like.</source>
        <translation>Ohne Wert können sich Teilnehmer beliebig viel Zeit lassen.</translation>
    </message>
    <message>
        <source>Write it like +01:00.</source>
        <translation>Schreiben Sie ihn so: +01:00.</translation>
    </message>
    <message>
        <source>Write it like 2026-11-20 10:00.</source>
        <translation>Schreiben Sie es so: 2026-11-20 10:00.</translation>
    </message>
    <message>
        <source>Write the questions one below the other, with a blank line between them. Below a question come its options: a star begins a right one, a hyphen any other; several may be right. [x] and [ ] do as well, and so do a), b), c) with a line such as “Answer: B”. Accepted short answers are lines that begin with “Answer:”. “True” or “False” on a line of its own makes a statement. A question with nothing below it is an essay.

Points stand in brackets behind the question. Numbers before the questions are left out. An indented line goes on with the option above it. A backslash at the beginning of a line makes it plain text, and a line of nothing but a backslash is an empty line within a question.</source>
        <translation>Schreiben Sie die Fragen untereinander, mit einer leeren Zeile dazwischen. Unter einer Frage stehen ihre Antwortmöglichkeiten: Ein Stern beginnt eine richtige, ein Bindestrich jede andere; mehrere dürfen richtig sein. [x] und [ ] gehen auch, ebenso a), b), c) mit einer Zeile wie „Answer: B“. Gültige Kurzantworten sind Zeilen, die mit „Answer:“ beginnen. „True“ oder „False“ in einer eigenen Zeile macht eine Aussage daraus. Eine Frage, unter der nichts steht, ist ein Aufsatz.

Punkte stehen in Klammern hinter der Frage. Nummern vor den Fragen werden ausgelassen. Eine eingerückte Zeile setzt die Antwortmöglichkeit darüber fort. Ein umgekehrter Schrägstrich am Anfang einer Zeile macht sie zu reinem Text, und eine Zeile nur aus einem umgekehrten Schrägstrich ist eine leere Zeile innerhalb einer Frage.</translation>
    </message>
    <message>
        <source>Wrong password</source>
        <translation>Falsches Passwort</translation>
    </message>
    <message>
        <source>Yes</source>
        <translation>Ja</translation>
    </message>
    <message>
        <source>You cannot deactivate your own account.</source>
        <translation>Sie können Ihr eigenes Konto nicht deaktivieren.</translation>
    </message>
    <message>
        <source>You cannot delete your own account.</source>
        <translation>Sie können Ihr eigenes Konto nicht löschen.</translation>
    </message>
    <message>
        <source>You may not use {file}.</source>
        <translation>Sie dürfen {file} nicht verwenden.</translation>
    </message>
    <message>
        <source>You may see where the database stands.</source>
        <translation>Sie dürfen nachsehen, wo die Datenbank steht.</translation>
    </message>
    <message>
        <source>Your account has been deactivated.</source>
        <translation>Ihr Konto wurde deaktiviert.</translation>
    </message>
    <message>
        <source>Your account no longer exists.</source>
        <translation>Ihr Konto gibt es nicht mehr.</translation>
    </message>
    <message>
        <source>Your connection may not see at which revision this database is.</source>
        <translation>Ihre Verbindung darf nicht sehen, auf welcher Revision diese Datenbank steht.</translation>
    </message>
    <message>
        <source>Your role does not let you take this back: it reaches rows that are not yours to change.</source>
        <translation>Mit Ihrer Rolle können Sie das nicht zurücknehmen: Es betrifft Zeilen, die Sie nicht ändern dürfen.</translation>
    </message>
    <message>
        <source>Your role has changed meanwhile.</source>
        <translation>Ihre Rolle hat sich inzwischen geändert.</translation>
    </message>
    <message>
        <source>Your role, “{role}”, has no work here.</source>
        <translation>Ihre Rolle „{role}“ hat hier keine Aufgabe.</translation>
    </message>
    <message>
        <source>Your share of the disk is full: {file} could not be written.</source>
        <translation>Ihr Anteil am Datenträger ist voll: {file} konnte nicht geschrieben werden.</translation>
    </message>
    <message>
        <source>Your unsaved changes are kept. Please send the details to whoever looks after it.</source>
        <translation>Ihre ungespeicherten Änderungen bleiben erhalten. Bitte senden Sie die Einzelheiten an Ihre Betreuung.</translation>
    </message>
    <message>
        <source>Your unsaved changes are kept; save again in a moment.</source>
        <translation>Ihre ungespeicherten Änderungen bleiben erhalten; speichern Sie gleich noch einmal.</translation>
    </message>
    <message>
        <source>Your unsaved changes are kept; try again when the server can be reached.</source>
        <translation>Ihre ungespeicherten Änderungen bleiben erhalten; versuchen Sie es noch einmal, wenn der Server erreichbar ist.</translation>
    </message>
    <message>
        <source>a number of seconds</source>
        <translation>eine Anzahl von Sekunden</translation>
    </message>
    <message>
        <source>a value</source>
        <translation>ein Wert</translation>
    </message>
    <message>
        <source>a whole number</source>
        <translation>eine ganze Zahl</translation>
    </message>
    <message>
        <source>about {number} entries of {place}</source>
        <translation>etwa {number} Einträge von {place}</translation>
    </message>
    <message>
        <source>activate</source>
        <translation>aktivieren</translation>
    </message>
    <message>
        <source>add</source>
        <translation>hinzufügen</translation>
    </message>
    <message>
        <source>administrator</source>
        <translation>Administrator</translation>
    </message>
    <message>
        <source>at least</source>
        <translation>mindestens</translation>
    </message>
    <message>
        <source>at most</source>
        <translation>höchstens</translation>
    </message>
    <message>
        <source>attempt</source>
        <translation>Versuch</translation>
    </message>
    <message>
        <source>attempts</source>
        <translation>Versuche</translation>
    </message>
    <message>
        <source>base</source>
        <translation>base</translation>
    </message>
    <message>
        <source>before</source>
        <translation>vor</translation>
    </message>
    <message>
        <source>begins with</source>
        <translation>beginnt mit</translation>
    </message>
    <message>
        <source>byte-order mark</source>
        <translation>Byte-Order-Mark</translation>
    </message>
    <message>
        <source>carriage return</source>
        <translation>Wagenrücklauf</translation>
    </message>
    <message>
        <source>certificate</source>
        <translation>Zertifikat</translation>
    </message>
    <message>
        <source>certificates</source>
        <translation>Zertifikate</translation>
    </message>
    <message>
        <source>change</source>
        <translation>ändern</translation>
    </message>
    <message>
        <source>change in the change log</source>
        <translation>Änderung im Änderungsprotokoll</translation>
    </message>
    <message>
        <source>changed</source>
        <translation>geändert</translation>
    </message>
    <message>
        <source>changes in the change log</source>
        <translation>Änderungen im Änderungsprotokoll</translation>
    </message>
    <message>
        <source>clean up</source>
        <translation>aufräumen</translation>
    </message>
    <message>
        <source>contains</source>
        <translation>enthält</translation>
    </message>
    <message>
        <source>counting {things}…</source>
        <translation>{things} werden gezählt…</translation>
    </message>
    <message>
        <source>course</source>
        <translation>Kurs</translation>
    </message>
    <message>
        <source>courses</source>
        <translation>Kurse</translation>
    </message>
    <message>
        <source>deactivate</source>
        <translation>deaktivieren</translation>
    </message>
    <message>
        <source>delete</source>
        <translation>löschen</translation>
    </message>
    <message>
        <source>deleted record</source>
        <translation>gelöschter Eintrag</translation>
    </message>
    <message>
        <source>e-mail</source>
        <translation>E-Mail</translation>
    </message>
    <message>
        <source>encrypted, not verified</source>
        <translation>verschlüsselt, nicht geprüft</translation>
    </message>
    <message>
        <source>enrollment</source>
        <translation>Einschreibung</translation>
    </message>
    <message>
        <source>enrollments</source>
        <translation>Einschreibungen</translation>
    </message>
    <message>
        <source>finishing…</source>
        <translation>wird abgeschlossen…</translation>
    </message>
    <message>
        <source>from … on</source>
        <translation>ab …</translation>
    </message>
    <message>
        <source>from … to</source>
        <translation>von … bis</translation>
    </message>
    <message>
        <source>has a value</source>
        <translation>hat einen Wert</translation>
    </message>
    <message>
        <source>has no value</source>
        <translation>hat keinen Wert</translation>
    </message>
    <message>
        <source>in the last</source>
        <translation>in den letzten</translation>
    </message>
    <message>
        <source>instructor</source>
        <translation>Lehrkraft</translation>
    </message>
    <message>
        <source>is</source>
        <translation>ist</translation>
    </message>
    <message>
        <source>is none of</source>
        <translation>ist keines von</translation>
    </message>
    <message>
        <source>is not</source>
        <translation>ist nicht</translation>
    </message>
    <message>
        <source>is one of</source>
        <translation>ist eines von</translation>
    </message>
    <message>
        <source>left-to-right mark</source>
        <translation>Links-nach-rechts-Zeichen</translation>
    </message>
    <message>
        <source>lesson</source>
        <translation>Lektion</translation>
    </message>
    <message>
        <source>lesson progress</source>
        <translation>Lektionsfortschritt</translation>
    </message>
    <message>
        <source>lesson&apos;s progress</source>
        <translation>Lektionsfortschritt</translation>
    </message>
    <message>
        <source>lessons</source>
        <translation>Lektionen</translation>
    </message>
    <message>
        <source>lessons&apos; progress</source>
        <translation>Lektionsfortschritte</translation>
    </message>
    <message>
        <source>line break</source>
        <translation>Zeilenumbruch</translation>
    </message>
    <message>
        <source>line separator</source>
        <translation>Zeilentrenner</translation>
    </message>
    <message>
        <source>local</source>
        <translation>lokal</translation>
    </message>
    <message>
        <source>migration on record</source>
        <translation>verzeichnete Migration</translation>
    </message>
    <message>
        <source>migrations on record</source>
        <translation>verzeichnete Migrationen</translation>
    </message>
    <message>
        <source>min</source>
        <translation>Min.</translation>
    </message>
    <message>
        <source>name</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>no more signing in; all that they did stays, and they can be activated again.</source>
        <translation>keine Anmeldung mehr; alles, was getan wurde, bleibt, und das Konto kann wieder aktiviert werden.</translation>
    </message>
    <message>
        <source>number</source>
        <translation>Nummer</translation>
    </message>
    <message>
        <source>operation</source>
        <translation>Vorgang</translation>
    </message>
    <message>
        <source>operation in the change log</source>
        <translation>Vorgang im Änderungsprotokoll</translation>
    </message>
    <message>
        <source>operations in the change log</source>
        <translation>Vorgänge im Änderungsprotokoll</translation>
    </message>
    <message>
        <source>paragraph separator</source>
        <translation>Absatztrenner</translation>
    </message>
    <message>
        <source>people</source>
        <translation>Personen</translation>
    </message>
    <message>
        <source>person</source>
        <translation>Person</translation>
    </message>
    <message>
        <source>pg_dump was not found, or is older than the server.</source>
        <translation>pg_dump wurde nicht gefunden oder ist älter als der Server.</translation>
    </message>
    <message>
        <source>progress</source>
        <translation>Fortschritte</translation>
    </message>
    <message>
        <source>progress records</source>
        <translation>Fortschritte</translation>
    </message>
    <message>
        <source>publish</source>
        <translation>veröffentlichen</translation>
    </message>
    <message>
        <source>question</source>
        <translation>Frage</translation>
    </message>
    <message>
        <source>questions</source>
        <translation>Fragen</translation>
    </message>
    <message>
        <source>quiz</source>
        <translation>Quiz</translation>
    </message>
    <message>
        <source>quiz attempt</source>
        <translation>Quizversuch</translation>
    </message>
    <message>
        <source>quiz attempts</source>
        <translation>Quizversuche</translation>
    </message>
    <message>
        <source>quiz question</source>
        <translation>Quizfrage</translation>
    </message>
    <message>
        <source>quiz questions</source>
        <translation>Quizfragen</translation>
    </message>
    <message>
        <source>quizzes</source>
        <translation>Quizze</translation>
    </message>
    <message>
        <source>record</source>
        <translation>Eintrag</translation>
    </message>
    <message>
        <source>records</source>
        <translation>Einträge</translation>
    </message>
    <message>
        <source>refresh tokens that are expired and revoked</source>
        <translation>Refresh-Tokens, die abgelaufen und widerrufen sind</translation>
    </message>
    <message>
        <source>refresh tokens that expired more than 30 days ago</source>
        <translation>Refresh-Tokens, die vor mehr als 30 Tagen abgelaufen sind</translation>
    </message>
    <message>
        <source>registrar</source>
        <translation>Sekretariat</translation>
    </message>
    <message>
        <source>regrade</source>
        <translation>neu bewerten</translation>
    </message>
    <message>
        <source>reprint</source>
        <translation>noch einmal drucken</translation>
    </message>
    <message>
        <source>revoke</source>
        <translation>widerrufen</translation>
    </message>
    <message>
        <source>right-to-left mark</source>
        <translation>Rechts-nach-links-Zeichen</translation>
    </message>
    <message>
        <source>see</source>
        <translation>ansehen</translation>
    </message>
    <message>
        <source>session</source>
        <translation>Sitzung</translation>
    </message>
    <message>
        <source>sessions</source>
        <translation>Sitzungen</translation>
    </message>
    <message>
        <source>set password</source>
        <translation>ein Passwort setzen</translation>
    </message>
    <message>
        <source>sign-in</source>
        <translation>Anmeldung</translation>
    </message>
    <message>
        <source>sign-in on record</source>
        <translation>verzeichnete Anmeldung</translation>
    </message>
    <message>
        <source>sign-ins on record</source>
        <translation>verzeichnete Anmeldungen</translation>
    </message>
    <message>
        <source>soft hyphen</source>
        <translation>bedingter Trennstrich</translation>
    </message>
    <message>
        <source>some of the rows of {place}</source>
        <translation>ein Teil der Zeilen von {place}</translation>
    </message>
    <message>
        <source>student</source>
        <translation>Teilnehmer</translation>
    </message>
    <message>
        <source>students no longer see it; everything in it stays, and it can be published again.</source>
        <translation>Teilnehmer sehen es nicht mehr; alles darin bleibt, und es kann wieder veröffentlicht werden.</translation>
    </message>
    <message>
        <source>switched-on two-step sign-in</source>
        <translation>eingeschaltete zweistufige Anmeldung</translation>
    </message>
    <message>
        <source>switched-on two-step sign-ins</source>
        <translation>eingeschaltete zweistufige Anmeldungen</translation>
    </message>
    <message>
        <source>tab</source>
        <translation>Tabulator</translation>
    </message>
    <message>
        <source>the file</source>
        <translation>der Datei</translation>
    </message>
    <message>
        <source>title</source>
        <translation>Titel</translation>
    </message>
    <message>
        <source>unencrypted</source>
        <translation>unverschlüsselt</translation>
    </message>
    <message>
        <source>unpublish</source>
        <translation>zurückziehen</translation>
    </message>
    <message>
        <source>verified TLS</source>
        <translation>geprüftes TLS</translation>
    </message>
    <message>
        <source>verified e-mail date</source>
        <translation>Datum der Bestätigung einer E-Mail</translation>
    </message>
    <message>
        <source>verified e-mail dates</source>
        <translation>Daten der Bestätigung einer E-Mail</translation>
    </message>
    <message>
        <source>what stands in {place}; how much that is could not be counted</source>
        <translation>was in {place} steht; wie viel das ist, konnte nicht gezählt werden</translation>
    </message>
    <message>
        <source>whatever {revision} takes away: its SQL depends on the database</source>
        <translation>was immer {revision} wegnimmt: Ihr SQL hängt von der Datenbank ab</translation>
    </message>
    <message>
        <source>zero-width space</source>
        <translation>Nullbreiten-Leerzeichen</translation>
    </message>
    <message>
        <source>{0} begins with “{1}”</source>
        <translation>{0} beginnt mit „{1}“</translation>
    </message>
    <message>
        <source>{0} contains “{1}”</source>
        <translation>{0} enthält „{1}“</translation>
    </message>
    <message>
        <source>{0}: any</source>
        <translation>{0}: beliebig</translation>
    </message>
    <message>
        <source>{0}: at least {1}</source>
        <translation>{0}: mindestens {1}</translation>
    </message>
    <message>
        <source>{0}: at most {1}</source>
        <translation>{0}: höchstens {1}</translation>
    </message>
    <message>
        <source>{0}: before {1}</source>
        <translation>{0}: vor {1}</translation>
    </message>
    <message>
        <source>{0}: from {1} on</source>
        <translation>{0}: ab {1}</translation>
    </message>
    <message>
        <source>{0}: none</source>
        <translation>{0}: kein Wert</translation>
    </message>
    <message>
        <source>{0}: not {1}</source>
        <translation>{0}: nicht {1}</translation>
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
        <translation>Daran hängen {count} Zertifikate, und Zertifikate werden für immer aufbewahrt.</translation>
    </message>
    <message>
        <source>{count} rows are selected; something is done to at most {most} at one time. Nothing was done.</source>
        <translation>{count} Zeilen sind ausgewählt; mit höchstens {most} kann auf einmal etwas geschehen. Es ist nichts geschehen.</translation>
    </message>
    <message>
        <source>{course}: {problem}</source>
        <translation>{course}: {problem}</translation>
    </message>
    <message>
        <source>{field} cannot be filtered that way.</source>
        <translation>{field} kann so nicht gefiltert werden.</translation>
    </message>
    <message>
        <source>{field} cannot be sorted by.</source>
        <translation>Nach {field} kann nicht sortiert werden.</translation>
    </message>
    <message>
        <source>{field} is needed.</source>
        <translation>{field} wird gebraucht.</translation>
    </message>
    <message>
        <source>{field}: rows are not looked for by typing in this order.</source>
        <translation>{field}: In dieser Reihenfolge werden Zeilen nicht durch Tippen gesucht.</translation>
    </message>
    <message>
        <source>{file} is a folder.</source>
        <translation>{file} ist ein Ordner.</translation>
    </message>
    <message>
        <source>{file} is not in a folder.</source>
        <translation>{file} ist nicht in einem Ordner.</translation>
    </message>
    <message>
        <source>{file} is not there.</source>
        <translation>{file} ist nicht vorhanden.</translation>
    </message>
    <message>
        <source>{file} is on a disk that can only be read.</source>
        <translation>{file} ist auf einem Datenträger, der nur gelesen werden kann.</translation>
    </message>
    <message>
        <source>{file} is there already.</source>
        <translation>{file} ist bereits vorhanden.</translation>
    </message>
    <message>
        <source>{kind} questions are not known here: this one was left out.</source>
        <translation>Fragen der Art {kind} sind hier nicht bekannt: Diese wurde ausgelassen.</translation>
    </message>
    <message>
        <source>{most}; {last}</source>
        <translation>{most}; {last}</translation>
    </message>
    <message>
        <source>{name} has a new password. Sessions open on the web stay open until they end or are revoked.</source>
        <translation>{name} hat ein neues Passwort. Im Web geöffnete Sitzungen bleiben offen, bis sie enden oder widerrufen werden.</translation>
    </message>
    <message>
        <source>{name} is no longer yours to change: it was moved or handed over, and {more} more. Nothing was saved; your edits are still here.</source>
        <translation>{name} dürfen Sie nicht mehr ändern: Es wurde verschoben oder abgegeben, und {more} weitere. Es wurde nichts gespeichert; Ihre Änderungen sind noch da.</translation>
    </message>
    <message>
        <source>{name} is no longer yours to change: it was moved or handed over. Nothing was saved; your edits are here.</source>
        <translation>{name} dürfen Sie nicht mehr ändern: Es wurde verschoben oder abgegeben. Es wurde nichts gespeichert; Ihre Änderungen sind noch da.</translation>
    </message>
    <message>
        <source>{name} is the first administrator.</source>
        <translation>{name} ist der erste Administrator.</translation>
    </message>
    <message>
        <source>{name} was changed by somebody else meanwhile ({fields}), and {more} more. Nothing was saved; your edits are still here.</source>
        <translation>{name} wurde inzwischen von jemand anderem geändert ({fields}), und {more} weitere. Es wurde nichts gespeichert; Ihre Änderungen sind noch da.</translation>
    </message>
    <message>
        <source>{name} was changed by somebody else meanwhile ({fields}). Nothing was saved; your edits are still here.</source>
        <translation>{name} wurde inzwischen von jemand anderem geändert ({fields}). Es wurde nichts gespeichert; Ihre Änderungen sind noch da.</translation>
    </message>
    <message>
        <source>{name} was changed by somebody else meanwhile, and {more} more. Nothing was saved; your edits are still here.</source>
        <translation>{name} wurde inzwischen von jemand anderem geändert, und {more} weitere. Es wurde nichts gespeichert; Ihre Änderungen sind noch da.</translation>
    </message>
    <message>
        <source>{name} was changed by somebody else meanwhile. Nothing was saved; your edits are still here.</source>
        <translation>{name} wurde inzwischen von jemand anderem geändert. Es wurde nichts gespeichert; Ihre Änderungen sind noch da.</translation>
    </message>
    <message>
        <source>{name} was deleted by somebody else meanwhile, and {more} more. Nothing was saved; your edits are still here.</source>
        <translation>{name} wurde inzwischen von jemand anderem gelöscht, und {more} weitere. Es wurde nichts gespeichert; Ihre Änderungen sind noch da.</translation>
    </message>
    <message>
        <source>{name} was deleted by somebody else meanwhile. Nothing was saved; your edits are still here.</source>
        <translation>{name} wurde inzwischen von jemand anderem gelöscht. Es wurde nichts gespeichert; Ihre Änderungen sind noch da.</translation>
    </message>
    <message>
        <source>{number} rows of {place}</source>
        <translation>{number} Zeilen von {place}</translation>
    </message>
    <message>
        <source>{number} values of {place}</source>
        <translation>{number} Werte von {place}</translation>
    </message>
    <message>
        <source>{n} of {whole} results are written.</source>
        <translation>{n} von {whole} Ergebnissen sind geschrieben.</translation>
    </message>
    <message>
        <source>{person} may not open the page “{page}”.</source>
        <translation>{person} darf die Seite „{page}“ nicht öffnen.</translation>
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
        <translation>{value} kann nicht mit {field} verglichen werden.</translation>
    </message>
    <message>
        <source>{what}</source>
        <translation>{what}</translation>
    </message>
    <message>
        <source>{who}, process {pid}, for {seconds} s</source>
        <translation>{who}, Prozess {pid}, seit {seconds} s</translation>
    </message>
    <message>
        <source>{who}, process {pid}, holds {tables} ({state}, {seconds} s)</source>
        <translation>{who}, Prozess {pid}, hält {tables} ({state}, {seconds} s)</translation>
    </message>
    <message>
        <source>“{column}” of this {thing} may not be left empty.</source>
        <translation>„{column}“ darf nicht leer bleiben ({thing}).</translation>
    </message>
</context>
<context>
    <name>AboutDialog</name>
    <message>
        <source>About LMS Desktop</source>
        <translation>Über LMS Desktop</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>Copied</source>
        <translation>Kopiert</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>Kopieren</translation>
    </message>
    <message>
        <source>Database</source>
        <translation>Datenbank</translation>
    </message>
    <message>
        <source>Log</source>
        <translation>Protokoll</translation>
    </message>
    <message>
        <source>Open the log&apos;s folder</source>
        <translation>Ordner des Protokolls öffnen</translation>
    </message>
    <message>
        <source>Schema</source>
        <translation>Schema</translation>
    </message>
    <message>
        <source>System</source>
        <translation>System</translation>
    </message>
    <message>
        <source>Version</source>
        <translation>Version</translation>
    </message>
</context>
<context>
    <name>Addresses</name>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>It names a file on the school&apos;s own site, which is not known here.</source>
        <translation>Sie nennt eine Datei auf der Website der Schule, die hier nicht bekannt ist.</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>Öffnen</translation>
    </message>
    <message>
        <source>Open this address in the browser?</source>
        <translation>Diese Adresse im Browser öffnen?</translation>
    </message>
    <message>
        <source>This address is not opened</source>
        <translation>Diese Adresse wird nicht geöffnet</translation>
    </message>
</context>
<context>
    <name>AnswerBars</name>
    <message numerus="yes">
        <source>%n other answer(s)</source>
        <translation>
            <numerusform>%n andere Antwort</numerusform>
            <numerusform>%n andere Antworten</numerusform>
        </translation>
    </message>
    <message>
        <source>How students answered</source>
        <translation>Wie Teilnehmer geantwortet haben</translation>
    </message>
    <message>
        <source>no answer</source>
        <translation>keine Antwort</translation>
    </message>
</context>
<context>
    <name>AnswerCard</name>
    <message>
        <source>A person decides</source>
        <translation>Ein Mensch entscheidet</translation>
    </message>
    <message>
        <source>Answer given</source>
        <translation>Gegebene Antwort</translation>
    </message>
    <message>
        <source>Any of these is right</source>
        <translation>Jede davon ist richtig</translation>
    </message>
    <message>
        <source>False</source>
        <translation>Falsch</translation>
    </message>
    <message>
        <source>No answer</source>
        <translation>Keine Antwort</translation>
    </message>
    <message>
        <source>None is set</source>
        <translation>Keine ist festgelegt</translation>
    </message>
    <message>
        <source>Not answered, {0}</source>
        <translation>Nicht beantwortet, {0}</translation>
    </message>
    <message numerus="yes">
        <source>Not marked by itself, %n point(s)</source>
        <translation>
            <numerusform>Nicht von selbst bewertet, %n Punkt</numerusform>
            <numerusform>Nicht von selbst bewertet, %n Punkte</numerusform>
        </translation>
    </message>
    <message>
        <source>Question {0}</source>
        <translation>Frage {0}</translation>
    </message>
    <message>
        <source>Right answer</source>
        <translation>Richtige Antwort</translation>
    </message>
    <message>
        <source>Right answers</source>
        <translation>Richtige Antworten</translation>
    </message>
    <message>
        <source>Right, {0}</source>
        <translation>Richtig, {0}</translation>
    </message>
    <message>
        <source>True</source>
        <translation>Wahr</translation>
    </message>
    <message>
        <source>Wrong, {0}</source>
        <translation>Falsch, {0}</translation>
    </message>
    <message numerus="yes">
        <source>{0} of %n point(s)</source>
        <translation>
            <numerusform>{0} von %n Punkt</numerusform>
            <numerusform>{0} von %n Punkten</numerusform>
        </translation>
    </message>
    <message>
        <source>{0}: {1} {2}. Given: {3}. Right: {4}</source>
        <translation>{0}: {1} {2}. Gegeben: {3}. Richtig: {4}</translation>
    </message>
</context>
<context>
    <name>AnsweredGuard</name>
    <message numerus="yes">
        <source>%n attempt(s) answered it</source>
        <translation>
            <numerusform>%n Versuch enthält eine Antwort</numerusform>
            <numerusform>%n Versuche enthalten eine Antwort</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n attempt(s) were marked by the former answer.</source>
        <translation>
            <numerusform>%n Versuch wurde nach der vorigen Antwort bewertet.</numerusform>
            <numerusform>%n Versuche wurden nach der vorigen Antwort bewertet.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Change the meaning of %n answered question(s)?</source>
        <translation>
            <numerusform>Die Bedeutung von %n beantworteten Frage ändern?</numerusform>
            <numerusform>Die Bedeutung von %n beantworteten Fragen ändern?</numerusform>
        </translation>
    </message>
    <message>
        <source>Finding out who answered</source>
        <translation>Es wird nachgesehen, wer geantwortet hat</translation>
    </message>
    <message>
        <source>Go on editing</source>
        <translation>Weiter bearbeiten</translation>
    </message>
    <message>
        <source>Results stay as they are until the attempts are regraded, which is offered afterwards.</source>
        <translation>Ergebnisse bleiben, wie sie sind, bis die Versuche neu bewertet werden; das wird danach angeboten.</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>Speichern</translation>
    </message>
    <message numerus="yes">
        <source>and %n more</source>
        <translation>
            <numerusform>und %n weitere</numerusform>
            <numerusform>und %n weitere</numerusform>
        </translation>
    </message>
    <message>
        <source>the meaning</source>
        <translation>die Bedeutung</translation>
    </message>
    <message>
        <source>the options</source>
        <translation>die Antwortmöglichkeiten</translation>
    </message>
    <message>
        <source>the points</source>
        <translation>die Punkte</translation>
    </message>
    <message>
        <source>the quiz</source>
        <translation>das Quiz</translation>
    </message>
    <message>
        <source>the right answer</source>
        <translation>die richtige Antwort</translation>
    </message>
    <message>
        <source>the type</source>
        <translation>die Art</translation>
    </message>
    <message>
        <source>“{0}”: this changes {1}; {2}.</source>
        <translation>„{0}“: Das ändert {1}; {2}.</translation>
    </message>
</context>
<context>
    <name>Answers</name>
    <message>
        <source>Accepted answers: any of them is right, capitals and blanks apart</source>
        <translation>Gültige Antworten: Jede davon ist richtig, gleich wie groß und mit welchen Leerzeichen geschrieben</translation>
    </message>
    <message>
        <source>Answer</source>
        <translation>Antwort</translation>
    </message>
    <message>
        <source>Options: tick those that are right</source>
        <translation>Antwortmöglichkeiten: Kreuzen Sie die richtigen an</translation>
    </message>
    <message>
        <source>Right answer</source>
        <translation>Richtige Antwort</translation>
    </message>
    <message>
        <source>Show as answers</source>
        <translation>Als Antworten zeigen</translation>
    </message>
    <message>
        <source>Show as written</source>
        <translation>Wie geschrieben zeigen</translation>
    </message>
    <message>
        <source>Students write freely. It is marked by hand: no answer is right or wrong by itself.</source>
        <translation>Teilnehmer schreiben frei. Bewertet wird von Hand: Keine Antwort ist von selbst richtig oder falsch.</translation>
    </message>
    <message>
        <source>These are too many to be shown one by one; they can be edited as they are written.</source>
        <translation>Das sind zu viele, um sie einzeln zu zeigen; sie können bearbeitet werden, wie sie geschrieben sind.</translation>
    </message>
    <message>
        <source>not saved</source>
        <translation>nicht gespeichert</translation>
    </message>
</context>
<context>
    <name>ApplyDialog</name>
    <message>
        <source>A revision commits in its midst: what is done before a failure stays.</source>
        <translation>Eine Revision schreibt mittendrin fest: Was vor einem Fehler getan ist, bleibt.</translation>
    </message>
    <message>
        <source>All of it is done in one transaction, or nothing.</source>
        <translation>Alles geschieht in einer Transaktion, oder nichts.</translation>
    </message>
    <message numerus="yes">
        <source>Apply %n revision(s) to {0}?</source>
        <translation>
            <numerusform>%n Revision auf {0} anwenden?</numerusform>
            <numerusform>%n Revisionen auf {0} anwenden?</numerusform>
        </translation>
    </message>
    <message>
        <source>Apply revisions</source>
        <translation>Revisionen anwenden</translation>
    </message>
    <message>
        <source>Apply {0}</source>
        <translation>{0} anwenden</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>First the database is saved to {0}.</source>
        <translation>Zuerst wird die Datenbank in {0} gesichert.</translation>
    </message>
    <message>
        <source>It waits at most {0} s for a table and tries {1} times. You can cancel at any time.</source>
        <translation>Auf eine Tabelle wird höchstens {0} s gewartet, in {1} Versuchen. Sie können jederzeit abbrechen.</translation>
    </message>
    <message>
        <source>The database is not saved first.</source>
        <translation>Die Datenbank wird vorher nicht gesichert.</translation>
    </message>
</context>
<context>
    <name>AttemptDetail</name>
    <message>
        <source>A student who is no longer there</source>
        <translation>Ein Teilnehmer, den es nicht mehr gibt</translation>
    </message>
    <message>
        <source>Answers of the attempt</source>
        <translation>Antworten des Versuchs</translation>
    </message>
    <message>
        <source>Answers to questions that are no longer there:</source>
        <translation>Antworten auf Fragen, die es nicht mehr gibt:</translation>
    </message>
    <message>
        <source>By the questions as they are now, these answers would get {0} %.</source>
        <translation>Nach den Fragen, wie sie jetzt sind, bekämen diese Antworten {0} %.</translation>
    </message>
    <message>
        <source>No answer is kept that belongs to a question of this quiz.</source>
        <translation>Es ist keine Antwort aufbewahrt, die zu einer Frage dieses Quiz gehört.</translation>
    </message>
    <message>
        <source>No score yet</source>
        <translation>Noch keine Wertung</translation>
    </message>
    <message>
        <source>Not passed</source>
        <translation>Nicht bestanden</translation>
    </message>
    <message>
        <source>Passed</source>
        <translation>Bestanden</translation>
    </message>
    <message>
        <source>Reading the attempt…</source>
        <translation>Der Versuch wird gelesen…</translation>
    </message>
    <message>
        <source>Select an attempt to see its answers beside the right ones.</source>
        <translation>Wählen Sie einen Versuch aus, um seine Antworten neben den richtigen zu sehen.</translation>
    </message>
    <message>
        <source>Started {0}, under way</source>
        <translation>Begonnen {0}, läuft</translation>
    </message>
    <message>
        <source>These answers are kept by place: they belong to these questions only if none was moved.</source>
        <translation>Diese Antworten sind nach Position aufbewahrt: Sie gehören nur zu diesen Fragen, wenn keine verschoben wurde.</translation>
    </message>
    <message>
        <source>This attempt is no longer there.</source>
        <translation>Diesen Versuch gibt es nicht mehr.</translation>
    </message>
    <message>
        <source>{0} % of the points</source>
        <translation>{0} % der Punkte</translation>
    </message>
    <message>
        <source>{0} to {1}</source>
        <translation>{0} bis {1}</translation>
    </message>
    <message>
        <source>{0} to {1}, {2} min</source>
        <translation>{0} bis {1}, {2} Min.</translation>
    </message>
</context>
<context>
    <name>BackupRow</name>
    <message>
        <source>Back up with pg_dump to</source>
        <translation>Mit pg_dump sichern in</translation>
    </message>
    <message>
        <source>Back up with pg_dump to {0}</source>
        <translation>Mit pg_dump sichern in {0}</translation>
    </message>
    <message>
        <source>Change…</source>
        <translation>Ändern…</translation>
    </message>
    <message>
        <source>Choose the file of the backup…</source>
        <translation>Datei der Sicherung wählen…</translation>
    </message>
    <message>
        <source>Dumps of pg_dump (*.dump)</source>
        <translation>Sicherungen von pg_dump (*.dump)</translation>
    </message>
    <message>
        <source>Save the database as</source>
        <translation>Datenbank sichern als</translation>
    </message>
    <message>
        <source>at most about {0}</source>
        <translation>max. etwa {0}</translation>
    </message>
    <message>
        <source>pg_dump was not found, or is older than the server</source>
        <translation>pg_dump wurde nicht gefunden oder ist älter als der Server</translation>
    </message>
</context>
<context>
    <name>Banner</name>
    <message>
        <source>Put this notice away</source>
        <translation>Diesen Hinweis schließen</translation>
    </message>
</context>
<context>
    <name>Beginning</name>
    <message>
        <source>Your role may not change this course.</source>
        <translation>Ihre Rolle darf diesen Kurs nicht ändern.</translation>
    </message>
</context>
<context>
    <name>CardActions</name>
    <message numerus="yes">
        <source>%n lesson(s)</source>
        <translation>
            <numerusform>%n Lektion</numerusform>
            <numerusform>%n Lektionen</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n question(s)</source>
        <translation>
            <numerusform>%n Frage</numerusform>
            <numerusform>%n Fragen</numerusform>
        </translation>
    </message>
    <message>
        <source>Add lesson</source>
        <translation>Lektion hinzufügen</translation>
    </message>
    <message>
        <source>Add question</source>
        <translation>Frage hinzufügen</translation>
    </message>
    <message>
        <source>Add quiz</source>
        <translation>Quiz hinzufügen</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>Kopieren</translation>
    </message>
    <message>
        <source>Copy to another course</source>
        <translation>In anderen Kurs kopieren</translation>
    </message>
    <message>
        <source>Copy to another course…</source>
        <translation>In anderen Kurs kopieren…</translation>
    </message>
    <message>
        <source>Copy to another quiz</source>
        <translation>In anderes Quiz kopieren</translation>
    </message>
    <message>
        <source>Copy to another quiz…</source>
        <translation>In anderes Quiz kopieren…</translation>
    </message>
    <message>
        <source>Copying</source>
        <translation>Wird kopiert</translation>
    </message>
    <message>
        <source>Delete…</source>
        <translation>Löschen…</translation>
    </message>
    <message>
        <source>Discard</source>
        <translation>Verwerfen</translation>
    </message>
    <message>
        <source>Duplicate</source>
        <translation>Duplizieren</translation>
    </message>
    <message>
        <source>Insert lesson after</source>
        <translation>Lektion danach einfügen</translation>
    </message>
    <message>
        <source>Insert lesson before</source>
        <translation>Lektion davor einfügen</translation>
    </message>
    <message>
        <source>Insert question after</source>
        <translation>Frage danach einfügen</translation>
    </message>
    <message>
        <source>Insert question before</source>
        <translation>Frage davor einfügen</translation>
    </message>
    <message>
        <source>Move</source>
        <translation>Verschieben</translation>
    </message>
    <message>
        <source>Move down</source>
        <translation>Nach unten</translation>
    </message>
    <message>
        <source>Move to another course</source>
        <translation>In anderen Kurs verschieben</translation>
    </message>
    <message>
        <source>Move to another course…</source>
        <translation>In anderen Kurs verschieben…</translation>
    </message>
    <message>
        <source>Move to another quiz</source>
        <translation>In anderes Quiz verschieben</translation>
    </message>
    <message>
        <source>Move to another quiz…</source>
        <translation>In anderes Quiz verschieben…</translation>
    </message>
    <message>
        <source>Move to position…</source>
        <translation>An Position verschieben…</translation>
    </message>
    <message>
        <source>Move to the beginning</source>
        <translation>An den Anfang</translation>
    </message>
    <message>
        <source>Move to the end</source>
        <translation>Ans Ende</translation>
    </message>
    <message>
        <source>Move up</source>
        <translation>Nach oben</translation>
    </message>
    <message>
        <source>Moving</source>
        <translation>Wird verschoben</translation>
    </message>
    <message>
        <source>Nothing can be arranged here with your role</source>
        <translation>Mit Ihrer Rolle kann hier nichts angeordnet werden</translation>
    </message>
    <message>
        <source>Putting in order</source>
        <translation>Wird angeordnet</translation>
    </message>
    <message>
        <source>Save it first: what is not saved yet cannot be copied.</source>
        <translation>Zuerst speichern: Was noch nicht gespeichert ist, kann nicht kopiert werden.</translation>
    </message>
    <message>
        <source>Save it first: what is not saved yet stays in its list.</source>
        <translation>Zuerst speichern: Was noch nicht gespeichert ist, bleibt in seiner Liste.</translation>
    </message>
    <message>
        <source>Sort lessons by title</source>
        <translation>Lektionen nach Titel sortieren</translation>
    </message>
    <message>
        <source>Sort questions by text</source>
        <translation>Fragen nach Text sortieren</translation>
    </message>
    <message>
        <source>Sorting</source>
        <translation>Wird sortiert</translation>
    </message>
    <message>
        <source>the course itself</source>
        <translation>der Kurs selbst</translation>
    </message>
    <message>
        <source>“{0}” cannot go further.</source>
        <translation>„{0}“ kann nicht weiter.</translation>
    </message>
    <message>
        <source>“{0}” is now {1} of {2}.</source>
        <translation>„{0}“ ist jetzt {1} von {2}.</translation>
    </message>
    <message>
        <source>“{0}” now belongs to {1}.</source>
        <translation>Neuer Platz von „{0}“: {1}.</translation>
    </message>
</context>
<context>
    <name>CardDeleting</name>
    <message>
        <source>Counting what hangs on it</source>
        <translation>Es wird gezählt, was daran hängt</translation>
    </message>
    <message>
        <source>Deleting</source>
        <translation>Wird gelöscht</translation>
    </message>
</context>
<context>
    <name>CardMaker</name>
    <message numerus="yes">
        <source>%n minute(s)</source>
        <translation>
            <numerusform>%n Minute</numerusform>
            <numerusform>%n Minuten</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n point(s)</source>
        <translation>
            <numerusform>%n Punkt</numerusform>
            <numerusform>%n Punkte</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n question(s)</source>
        <translation>
            <numerusform>%n Frage</numerusform>
            <numerusform>%n Fragen</numerusform>
        </translation>
    </message>
    <message>
        <source>Lesson {0} of {1}</source>
        <translation>Lektion {0} von {1}</translation>
    </message>
    <message>
        <source>New lesson</source>
        <translation>Neue Lektion</translation>
    </message>
    <message>
        <source>New question</source>
        <translation>Neue Frage</translation>
    </message>
    <message>
        <source>New quiz</source>
        <translation>Neues Quiz</translation>
    </message>
    <message>
        <source>No text yet</source>
        <translation>Noch kein Text</translation>
    </message>
    <message>
        <source>Question {0} of {1}</source>
        <translation>Frage {0} von {1}</translation>
    </message>
    <message>
        <source>Quiz</source>
        <translation>Quiz</translation>
    </message>
    <message>
        <source>Quizzes of the course</source>
        <translation>Quizze des Kurses</translation>
    </message>
    <message>
        <source>Untitled</source>
        <translation>Ohne Titel</translation>
    </message>
    <message>
        <source>draft</source>
        <translation>Entwurf</translation>
    </message>
    <message>
        <source>not ready</source>
        <translation>nicht fertig</translation>
    </message>
    <message>
        <source>not saved yet</source>
        <translation>noch nicht gespeichert</translation>
    </message>
    <message>
        <source>of a lesson of another course</source>
        <translation>aus einer Lektion eines anderen Kurses</translation>
    </message>
    <message>
        <source>published</source>
        <translation>veröffentlicht</translation>
    </message>
    <message>
        <source>unsaved</source>
        <translation>ungespeichert</translation>
    </message>
    <message>
        <source>{0} min</source>
        <translation>{0} Min.</translation>
    </message>
</context>
<context>
    <name>Cell</name>
    <message>
        <source>empty text</source>
        <translation>leerer Text</translation>
    </message>
    <message>
        <source>no value</source>
        <translation>kein Wert</translation>
    </message>
    <message>
        <source>{0}, changed by somebody else since you began</source>
        <translation>{0}, von jemand anderem geändert, seit Sie begonnen haben</translation>
    </message>
    <message>
        <source>{0}, not saved</source>
        <translation>{0}, nicht gespeichert</translation>
    </message>
    <message>
        <source>{0}, refused</source>
        <translation>{0}, abgelehnt</translation>
    </message>
</context>
<context>
    <name>Change</name>
    <message>
        <source>Added</source>
        <translation>Hinzugefügt</translation>
    </message>
    <message>
        <source>Changed</source>
        <translation>Geändert</translation>
    </message>
    <message>
        <source>Deleted</source>
        <translation>Gelöscht</translation>
    </message>
    <message>
        <source>No field is told of.</source>
        <translation>Es ist kein Feld verzeichnet.</translation>
    </message>
</context>
<context>
    <name>ChangeLog</name>
    <message>
        <source>Installing the change log</source>
        <translation>Das Änderungsprotokoll wird eingerichtet</translation>
    </message>
</context>
<context>
    <name>ChangedRowCard</name>
    <message>
        <source>Go to {0}</source>
        <translation>Zu {0}</translation>
    </message>
</context>
<context>
    <name>Chip</name>
    <message>
        <source>Enter changes it, Delete removes it</source>
        <translation>Eingabe ändert ihn, Entf entfernt ihn</translation>
    </message>
    <message>
        <source>Filter: %s</source>
        <translation>Filter: %s</translation>
    </message>
</context>
<context>
    <name>ChoiceEditor</name>
    <message>
        <source>Choose one from the list.</source>
        <translation>Wählen Sie aus der Liste.</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>Wählen…</translation>
    </message>
    <message>
        <source>Not among the usual values</source>
        <translation>Nicht unter den üblichen Werten</translation>
    </message>
    <message>
        <source>empty text</source>
        <translation>leerer Text</translation>
    </message>
</context>
<context>
    <name>Clash</name>
    <message>
        <source>Another program</source>
        <translation>Ein anderes Programm</translation>
    </message>
    <message>
        <source>This was moved or handed over: it is no longer yours to change.</source>
        <translation>Dies wurde verschoben oder abgegeben: Sie dürfen es nicht mehr ändern.</translation>
    </message>
    <message>
        <source>{0} and another program</source>
        <translation>{0} und ein anderes Programm</translation>
    </message>
    <message>
        <source>{0} changed {1} {2}.</source>
        <translation>{0} hat {1} geändert ({2}).</translation>
    </message>
    <message>
        <source>{0} changed {1}.</source>
        <translation>{0} hat {1} geändert.</translation>
    </message>
    <message>
        <source>{0} deleted this {1}.</source>
        <translation>{0} hat dies gelöscht ({1}).</translation>
    </message>
    <message>
        <source>{0} deleted this.</source>
        <translation>{0} hat dies gelöscht.</translation>
    </message>
</context>
<context>
    <name>ClashDetail</name>
    <message>
        <source>Drop my edits</source>
        <translation>Meine Änderungen aufgeben</translation>
    </message>
    <message>
        <source>Edit the result of {0}</source>
        <translation>Ergebnis von {0} bearbeiten</translation>
    </message>
    <message>
        <source>Edit the result…</source>
        <translation>Ergebnis bearbeiten…</translation>
    </message>
    <message>
        <source>Field</source>
        <translation>Feld</translation>
    </message>
    <message>
        <source>It was deleted: {0}.</source>
        <translation>Es wurde gelöscht: {0}.</translation>
    </message>
    <message>
        <source>It was moved or handed over meanwhile and is no longer yours to change.</source>
        <translation>Es wurde inzwischen verschoben oder abgegeben, und Sie dürfen es nicht mehr ändern.</translation>
    </message>
    <message>
        <source>Keep mine</source>
        <translation>Meine behalten</translation>
    </message>
    <message>
        <source>Keep my edits, unsaved</source>
        <translation>Meine Änderungen ungespeichert behalten</translation>
    </message>
    <message>
        <source>Nothing of yours is lost: your edits are below.</source>
        <translation>Von Ihnen ist nichts verloren: Ihre Änderungen stehen unten.</translation>
    </message>
    <message>
        <source>Now</source>
        <translation>Jetzt</translation>
    </message>
    <message>
        <source>Restore it with my edits</source>
        <translation>Mit meinen Änderungen wiederherstellen</translation>
    </message>
    <message>
        <source>Take theirs</source>
        <translation>Die anderen übernehmen</translation>
    </message>
    <message>
        <source>What stood in {0} is known to nobody here: that would not come back.</source>
        <translation>Was in {0} stand, ist hier nicht bekannt: Das käme nicht zurück.</translation>
    </message>
    <message>
        <source>With it went {0}, which an administrator can bring back from the history.</source>
        <translation>Mitgelöscht wurden {0}; ein Administrator kann sie aus dem Verlauf zurückholen.</translation>
    </message>
    <message>
        <source>With it went {0}; restoring brings back what can come back.</source>
        <translation>Mitgelöscht wurden {0}; das Wiederherstellen holt zurück, was zurückkommen kann.</translation>
    </message>
    <message>
        <source>You began with</source>
        <translation>Ihr Ausgangswert</translation>
    </message>
    <message>
        <source>You want</source>
        <translation>Ihr Wunsch</translation>
    </message>
    <message>
        <source>another one</source>
        <translation>ein anderer</translation>
    </message>
    <message>
        <source>as it is now</source>
        <translation>wie es jetzt ist</translation>
    </message>
    <message>
        <source>both changed</source>
        <translation>beide geändert</translation>
    </message>
    <message>
        <source>both the same</source>
        <translation>beide gleich</translation>
    </message>
    <message>
        <source>merged by key</source>
        <translation>nach Schlüsseln zusammengeführt</translation>
    </message>
    <message>
        <source>merges itself</source>
        <translation>fügt sich von selbst zusammen</translation>
    </message>
    <message>
        <source>not there</source>
        <translation>nicht vorhanden</translation>
    </message>
    <message>
        <source>{0}, the result</source>
        <translation>{0}, das Ergebnis</translation>
    </message>
</context>
<context>
    <name>ClashesModel</name>
    <message>
        <source>Meanwhile</source>
        <translation>Inzwischen</translation>
    </message>
    <message>
        <source>Will stand</source>
        <translation>Gelten wird</translation>
    </message>
    <message>
        <source>both changed</source>
        <translation>beide geändert</translation>
    </message>
    <message>
        <source>deleted</source>
        <translation>gelöscht</translation>
    </message>
    <message>
        <source>merges itself</source>
        <translation>fügt sich von selbst zusammen</translation>
    </message>
    <message>
        <source>mine</source>
        <translation>meine</translation>
    </message>
    <message>
        <source>mine and theirs</source>
        <translation>meine und andere</translation>
    </message>
    <message>
        <source>mine dropped</source>
        <translation>meine aufgegeben</translation>
    </message>
    <message>
        <source>mine waits</source>
        <translation>meine warten</translation>
    </message>
    <message>
        <source>of both</source>
        <translation>von beiden</translation>
    </message>
    <message>
        <source>out of reach</source>
        <translation>nicht erreichbar</translation>
    </message>
    <message>
        <source>restored, with mine</source>
        <translation>wiederhergestellt, mit meinen</translation>
    </message>
    <message>
        <source>theirs</source>
        <translation>die anderen</translation>
    </message>
</context>
<context>
    <name>Colleagues</name>
    <message>
        <source>Somebody else</source>
        <translation>Jemand anderes</translation>
    </message>
    <message>
        <source>Your move of “{0}” was kept.</source>
        <translation>Ihr Verschieben von „{0}“ blieb erhalten.</translation>
    </message>
    <message>
        <source>just now</source>
        <translation>gerade eben</translation>
    </message>
    <message numerus="yes">
        <source>{0} added %n rows {1}.</source>
        <translation>
            <numerusform>{0} hat %n Zeile hinzugefügt ({1}).</numerusform>
            <numerusform>{0} hat %n Zeilen hinzugefügt ({1}).</numerusform>
        </translation>
    </message>
    <message>
        <source>{0} added “{1}” {2}.</source>
        <translation>{0} hat „{1}“ hinzugefügt ({2}).</translation>
    </message>
    <message>
        <source>{0} changed the outline {1}.</source>
        <translation>{0} hat die Gliederung geändert ({1}).</translation>
    </message>
    <message>
        <source>{0} changed “{1}” {2}.</source>
        <translation>{0} hat „{1}“ geändert ({2}).</translation>
    </message>
    <message numerus="yes">
        <source>{0} deleted %n rows {1}.</source>
        <translation>
            <numerusform>{0} hat %n Zeile gelöscht ({1}).</numerusform>
            <numerusform>{0} hat %n Zeilen gelöscht ({1}).</numerusform>
        </translation>
    </message>
    <message>
        <source>{0} deleted “{1}” {2}.</source>
        <translation>{0} hat „{1}“ gelöscht ({2}).</translation>
    </message>
</context>
<context>
    <name>ConflictDialog</name>
    <message>
        <source>Apply and save</source>
        <translation>Anwenden und speichern</translation>
    </message>
    <message>
        <source>Apply, save later</source>
        <translation>Anwenden, später speichern</translation>
    </message>
    <message>
        <source>Changed by somebody else meanwhile</source>
        <translation>Inzwischen von jemand anderem geändert</translation>
    </message>
    <message>
        <source>Choose what becomes of your edits.</source>
        <translation>Wählen Sie, was aus Ihren Änderungen wird.</translation>
    </message>
    <message>
        <source>Choose what should stand.</source>
        <translation>Wählen Sie, was gelten soll.</translation>
    </message>
    <message>
        <source>Decide later</source>
        <translation>Später entscheiden</translation>
    </message>
    <message>
        <source>Mine for all</source>
        <translation>Überall meine</translation>
    </message>
    <message>
        <source>Nothing was saved yet, and nothing is overwritten.</source>
        <translation>Es wurde noch nichts gespeichert, und nichts wird überschrieben.</translation>
    </message>
    <message>
        <source>Rows that somebody else changed</source>
        <translation>Zeilen, die jemand anderes geändert hat</translation>
    </message>
    <message>
        <source>The row in full</source>
        <translation>Die ganze Zeile</translation>
    </message>
    <message>
        <source>Theirs for all</source>
        <translation>Überall die anderen</translation>
    </message>
    <message numerus="yes">
        <source>While you were editing, %n row(s) were changed. All of them merge by themselves.</source>
        <translation>
            <numerusform>Während Sie bearbeiteten, wurde %n Zeile geändert. Sie fügt sich von selbst zusammen.</numerusform>
            <numerusform>Während Sie bearbeiteten, wurden %n Zeilen geändert. Alle fügen sich von selbst zusammen.</numerusform>
        </translation>
    </message>
    <message>
        <source>While you were editing, {0} {1} were changed. For {2} of them you have to choose.</source>
        <translation>Während Sie bearbeiteten, wurden geändert: {0} {1}. Für {2} davon müssen Sie wählen.</translation>
    </message>
    <message>
        <source>You changed other fields: both will stand.</source>
        <translation>Sie haben andere Felder geändert: Beides gilt.</translation>
    </message>
</context>
<context>
    <name>Connect</name>
    <message>
        <source>&amp;Address, if you have one to paste</source>
        <translation>&amp;Adresse, falls Sie eine einfügen können</translation>
    </message>
    <message>
        <source>&amp;Database</source>
        <translation>&amp;Datenbank</translation>
    </message>
    <message>
        <source>&amp;Encryption</source>
        <translation>&amp;Verschlüsselung</translation>
    </message>
    <message>
        <source>&amp;Password</source>
        <translation>&amp;Passwort</translation>
    </message>
    <message>
        <source>&amp;Remember the password in the system&apos;s key store</source>
        <translation>Passwort im Schlüsselspeicher des Systems &amp;merken</translation>
    </message>
    <message>
        <source>&amp;Server</source>
        <translation>&amp;Server</translation>
    </message>
    <message>
        <source>&amp;User</source>
        <translation>&amp;Benutzer</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Connect</source>
        <translation>Verbinden</translation>
    </message>
    <message>
        <source>Connect to a database</source>
        <translation>Mit einer Datenbank verbinden</translation>
    </message>
    <message>
        <source>P&amp;ort</source>
        <translation>P&amp;ort</translation>
    </message>
    <message>
        <source>Recent</source>
        <translation>Zuletzt</translation>
    </message>
    <message>
        <source>The school&apos;s PostgreSQL, as its administrator told you.</source>
        <translation>Das PostgreSQL der Schule, wie Ihr Administrator es Ihnen genannt hat.</translation>
    </message>
    <message>
        <source>This system has no key store: the password is asked for each time.</source>
        <translation>Dieses System hat keinen Schlüsselspeicher: Das Passwort wird jedes Mal erfragt.</translation>
    </message>
    <message>
        <source>postgresql://name@server:5432/database</source>
        <translation>postgresql://name@server:5432/datenbank</translation>
    </message>
    <message>
        <source>this computer</source>
        <translation>dieser Computer</translation>
    </message>
</context>
<context>
    <name>ConnectScreen</name>
    <message>
        <source>Connect</source>
        <translation>Verbinden</translation>
    </message>
    <message>
        <source>Connecting…</source>
        <translation>Verbindung wird hergestellt…</translation>
    </message>
    <message>
        <source>Forget {0}</source>
        <translation>{0} vergessen</translation>
    </message>
    <message>
        <source>this computer</source>
        <translation>dieser Computer</translation>
    </message>
    <message>
        <source>{user} on {server}</source>
        <translation>{user} auf {server}</translation>
    </message>
</context>
<context>
    <name>Copying</name>
    <message>
        <source>Reading what is selected</source>
        <translation>Das Ausgewählte wird gelesen</translation>
    </message>
    <message>
        <source>{0} rows are copied.</source>
        <translation>{0} Zeilen sind kopiert.</translation>
    </message>
</context>
<context>
    <name>CourseActions</name>
    <message>
        <source>Add question to this quiz</source>
        <translation>Frage zu diesem Quiz hinzufügen</translation>
    </message>
    <message>
        <source>Add quiz of the course</source>
        <translation>Quiz des Kurses hinzufügen</translation>
    </message>
    <message>
        <source>Add quiz to this lesson</source>
        <translation>Quiz zu dieser Lektion hinzufügen</translation>
    </message>
    <message>
        <source>Add something else</source>
        <translation>Etwas anderes hinzufügen</translation>
    </message>
    <message>
        <source>Choose a quiz that is saved</source>
        <translation>Wählen Sie ein gespeichertes Quiz</translation>
    </message>
    <message>
        <source>Course settings</source>
        <translation>Kurseinstellungen</translation>
    </message>
    <message>
        <source>Duplicate course</source>
        <translation>Kurs duplizieren</translation>
    </message>
    <message>
        <source>Duplicating the course</source>
        <translation>Der Kurs wird dupliziert</translation>
    </message>
    <message>
        <source>Preview as student</source>
        <translation>Vorschau</translation>
    </message>
    <message>
        <source>Publish</source>
        <translation>Veröffentlichen</translation>
    </message>
    <message>
        <source>Show on the page of courses</source>
        <translation>Auf der Seite der Kurse zeigen</translation>
    </message>
    <message>
        <source>Unpublish</source>
        <translation>Zurückziehen</translation>
    </message>
    <message>
        <source>What can be done with the course</source>
        <translation>Was mit dem Kurs getan werden kann</translation>
    </message>
</context>
<context>
    <name>CourseEditor</name>
    <message>
        <source>Details</source>
        <translation>Einzelheiten</translation>
    </message>
    <message>
        <source>Overview</source>
        <translation>Überblick</translation>
    </message>
    <message>
        <source>Progress</source>
        <translation>Fortschritt</translation>
    </message>
</context>
<context>
    <name>CourseOverview</name>
    <message>
        <source>Duration</source>
        <translation>Dauer</translation>
    </message>
    <message numerus="yes">
        <source>Duration, without %n lesson(s)</source>
        <translation>
            <numerusform>Dauer, ohne %n Lektion</numerusform>
            <numerusform>Dauer, ohne %n Lektionen</numerusform>
        </translation>
    </message>
    <message>
        <source>Everything that can be checked is ready.</source>
        <translation>Alles, was geprüft werden kann, ist fertig.</translation>
    </message>
    <message>
        <source>It is still a draft.</source>
        <translation>Er ist noch ein Entwurf.</translation>
    </message>
    <message>
        <source>Lessons</source>
        <translation>Lektionen</translation>
    </message>
    <message>
        <source>Not ready yet</source>
        <translation>Noch nicht fertig</translation>
    </message>
    <message>
        <source>Questions</source>
        <translation>Fragen</translation>
    </message>
    <message>
        <source>Quizzes</source>
        <translation>Quizze</translation>
    </message>
    <message numerus="yes">
        <source>Quizzes, %n of them draft(s)</source>
        <translation>
            <numerusform>Quizze, davon %n Entwurf</numerusform>
            <numerusform>Quizze, davon %n Entwürfe</numerusform>
        </translation>
    </message>
    <message>
        <source>Students</source>
        <translation>Teilnehmer</translation>
    </message>
    <message>
        <source>Students see this course already.</source>
        <translation>Teilnehmer sehen diesen Kurs schon.</translation>
    </message>
    <message>
        <source>Students see this course.</source>
        <translation>Teilnehmer sehen diesen Kurs.</translation>
    </message>
    <message>
        <source>What is not ready yet; Enter goes there</source>
        <translation>Was noch nicht fertig ist; Eingabe führt hin</translation>
    </message>
    <message>
        <source>{0} h {1} min</source>
        <translation>{0} Std. {1} Min.</translation>
    </message>
    <message>
        <source>{0} min</source>
        <translation>{0} Min.</translation>
    </message>
</context>
<context>
    <name>CoursePage</name>
    <message>
        <source>The preview shows what is saved. Save first to see your latest changes.</source>
        <translation>Die Vorschau zeigt, was gespeichert ist. Speichern Sie zuerst, um Ihre letzten Änderungen zu sehen.</translation>
    </message>
</context>
<context>
    <name>CourseParts</name>
    <message numerus="yes">
        <source>%n lesson(s)</source>
        <translation>
            <numerusform>%n Lektion</numerusform>
            <numerusform>%n Lektionen</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n student(s)</source>
        <translation>
            <numerusform>%n Teilnehmer</numerusform>
            <numerusform>%n Teilnehmer</numerusform>
        </translation>
    </message>
    <message>
        <source>Course settings</source>
        <translation>Kurseinstellungen</translation>
    </message>
    <message>
        <source>draft</source>
        <translation>Entwurf</translation>
    </message>
    <message>
        <source>published</source>
        <translation>veröffentlicht</translation>
    </message>
    <message>
        <source>{0} min</source>
        <translation>{0} Min.</translation>
    </message>
</context>
<context>
    <name>CourseTelling</name>
    <message>
        <source>Somebody else</source>
        <translation>Jemand anderes</translation>
    </message>
    <message>
        <source>{0} changed {1}. You are editing it too: nothing is overwritten.</source>
        <translation>{0} hat {1} geändert. Sie bearbeiten es auch: Es wird nichts überschrieben.</translation>
    </message>
    <message>
        <source>{0} deleted {1}. You are editing it too: nothing is overwritten.</source>
        <translation>{0} hat {1} gelöscht. Sie bearbeiten es auch: Es wird nichts überschrieben.</translation>
    </message>
</context>
<context>
    <name>DeleteDialog</name>
    <message numerus="yes">
        <source>%n attempt(s) answered it; their scores stay as they are.</source>
        <translation>
            <numerusform>%n Versuch enthält eine Antwort; seine Wertung bleibt, wie sie ist.</numerusform>
            <numerusform>%n Versuche enthalten eine Antwort; ihre Wertungen bleiben, wie sie sind.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n certificate(s) would go too; they are meant to be kept for ever.</source>
        <translation>
            <numerusform>%n Zertifikat würde mitgelöscht; es soll für immer aufbewahrt werden.</numerusform>
            <numerusform>%n Zertifikate würden mitgelöscht; sie sollen für immer aufbewahrt werden.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n more</source>
        <translation>
            <numerusform>%n weitere</numerusform>
            <numerusform>%n weitere</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>At least %n attempt(s) answered them; their scores stay as they are.</source>
        <translation>
            <numerusform>Mindestens %n Versuch enthält Antworten darauf; seine Wertung bleibt, wie sie ist.</numerusform>
            <numerusform>Mindestens %n Versuche enthalten Antworten darauf; ihre Wertungen bleiben, wie sie sind.</numerusform>
        </translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>Löschen</translation>
    </message>
    <message>
        <source>Delete {0} {1}</source>
        <translation>{0} {1} löschen</translation>
    </message>
    <message>
        <source>Deleted too</source>
        <translation>Ebenfalls gelöscht</translation>
    </message>
    <message>
        <source>It can be taken back with Ctrl+Z, and later from the history.</source>
        <translation>Es lässt sich mit Strg+Z zurücknehmen, später aus dem Verlauf.</translation>
    </message>
    <message>
        <source>It cannot be deleted: it is referred to by {0}. Give them to somebody else first.</source>
        <translation>Es kann nicht gelöscht werden: Darauf verweisen {0}. Geben Sie sie zuerst an jemand anderen ab.</translation>
    </message>
    <message>
        <source>Keep</source>
        <translation>Behalten</translation>
    </message>
    <message>
        <source>Kept, but in another place</source>
        <translation>Bleibt erhalten, aber an anderer Stelle</translation>
    </message>
    <message>
        <source>Kept, but no longer attached to it</source>
        <translation>Bleibt erhalten, aber nicht mehr damit verbunden</translation>
    </message>
    <message>
        <source>Kept, but set back to the default</source>
        <translation>Bleibt erhalten, aber auf den Standardwert gesetzt</translation>
    </message>
    <message>
        <source>Nothing else goes with it.</source>
        <translation>Sonst wird nichts mitgelöscht.</translation>
    </message>
    <message>
        <source>Passwords and sessions do not come back.</source>
        <translation>Passwörter und Sitzungen kommen nicht zurück.</translation>
    </message>
    <message>
        <source>Reassign {0} {1} and delete</source>
        <translation>{0} {1} neu zuordnen und löschen</translation>
    </message>
    <message>
        <source>Referred to as “{1}” by {0}. Choose who or what stands there instead:</source>
        <translation>Als „{1}“ verweisen darauf: {0}. Wählen Sie, wer oder was stattdessen dort steht:</translation>
    </message>
    <message>
        <source>Sessions do not come back.</source>
        <translation>Sitzungen kommen nicht zurück.</translation>
    </message>
    <message>
        <source>Stands in the way</source>
        <translation>Steht im Weg</translation>
    </message>
    <message>
        <source>This cannot be taken back: nothing is kept of what is deleted.</source>
        <translation>Das lässt sich nicht zurücknehmen: Von dem, was gelöscht wird, wird nichts aufbewahrt.</translation>
    </message>
    <message>
        <source>What goes from {0} does not come back: the change log does not cover it.</source>
        <translation>Was aus {0} verschwindet, kommt nicht zurück: Das Änderungsprotokoll erfasst es nicht.</translation>
    </message>
    <message>
        <source>What hangs on it in {0} could not be counted: it may go too, or forbid the delete.</source>
        <translation>Was in {0} daran hängt, konnte nicht gezählt werden: Es kann mitgelöscht werden oder das Löschen verhindern.</translation>
    </message>
    <message>
        <source>rows</source>
        <translation>Zeilen</translation>
    </message>
    <message>
        <source>{0} for good</source>
        <translation>{0}, endgültig</translation>
    </message>
    <message>
        <source>{0} for {1}</source>
        <translation>{0} für {1}</translation>
    </message>
    <message>
        <source>{0} instead</source>
        <translation>Stattdessen: {0}</translation>
    </message>
    <message>
        <source>{0} instead: {1}</source>
        <translation>Stattdessen {0}: {1}</translation>
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
        <translation>Abgebrochen. Es wurde nichts gelöscht.</translation>
    </message>
    <message>
        <source>Counting what hangs on it</source>
        <translation>Es wird gezählt, was daran hängt</translation>
    </message>
    <message>
        <source>Deleting</source>
        <translation>Wird gelöscht</translation>
    </message>
    <message>
        <source>Deleting {0}</source>
        <translation>{0} wird gelöscht</translation>
    </message>
    <message>
        <source>Select what to delete first.</source>
        <translation>Wählen Sie zuerst aus, was gelöscht werden soll.</translation>
    </message>
    <message>
        <source>Something is being deleted just now. One after the other.</source>
        <translation>Gerade wird etwas gelöscht. Eines nach dem anderen.</translation>
    </message>
    <message>
        <source>Your role may not delete here.</source>
        <translation>Ihre Rolle darf hier nicht löschen.</translation>
    </message>
</context>
<context>
    <name>Desk</name>
    <message>
        <source>Connected</source>
        <translation>Verbunden</translation>
    </message>
    <message>
        <source>Loading …</source>
        <translation>Wird geladen …</translation>
    </message>
    <message>
        <source>Looking for the server, attempt {number}</source>
        <translation>Der Server wird gesucht, Versuch {number}</translation>
    </message>
    <message>
        <source>Looking up what was saved</source>
        <translation>Es wird nachgesehen, was gespeichert wurde</translation>
    </message>
    <message>
        <source>Not connected</source>
        <translation>Nicht verbunden</translation>
    </message>
    <message>
        <source>Saving …</source>
        <translation>Wird gespeichert …</translation>
    </message>
    <message>
        <source>The connection to the server is lost</source>
        <translation>Die Verbindung zum Server ist abgebrochen</translation>
    </message>
    <message>
        <source>The server does not answer</source>
        <translation>Der Server antwortet nicht</translation>
    </message>
    <message>
        <source>Working …</source>
        <translation>In Arbeit …</translation>
    </message>
</context>
<context>
    <name>DiffText</name>
    <message>
        <source>Show all changes</source>
        <translation>Alle Änderungen zeigen</translation>
    </message>
    <message>
        <source>Show all changes of {0}</source>
        <translation>Alle Änderungen von {0} zeigen</translation>
    </message>
</context>
<context>
    <name>Doing</name>
    <message>
        <source>A migration is running.</source>
        <translation>Es läuft eine Migration.</translation>
    </message>
    <message>
        <source>Applying</source>
        <translation>Wird angewendet</translation>
    </message>
    <message>
        <source>Applying {0}</source>
        <translation>{0} wird angewendet</translation>
    </message>
    <message>
        <source>Checking what stands in the way</source>
        <translation>Es wird geprüft, was im Weg steht</translation>
    </message>
    <message>
        <source>Checking what stands in the way…</source>
        <translation>Es wird geprüft, was im Weg steht…</translation>
    </message>
    <message>
        <source>Put on record</source>
        <translation>Eintragen</translation>
    </message>
    <message>
        <source>Put {0} on record?</source>
        <translation>{0} eintragen?</translation>
    </message>
    <message>
        <source>Putting the revision on record</source>
        <translation>Die Revision wird eingetragen</translation>
    </message>
    <message>
        <source>Putting {0} on record…</source>
        <translation>{0} wird eingetragen…</translation>
    </message>
    <message>
        <source>Rehearsing</source>
        <translation>Wird geprobt</translation>
    </message>
    <message>
        <source>Rehearsing {0}</source>
        <translation>{0} wird geprobt</translation>
    </message>
    <message>
        <source>Rolling back</source>
        <translation>Wird zurückgerollt</translation>
    </message>
    <message>
        <source>Rolling back {0}</source>
        <translation>{0} wird zurückgerollt</translation>
    </message>
    <message>
        <source>Save or discard them first: below the newest revision they could not be saved.</source>
        <translation>Speichern oder verwerfen Sie sie zuerst: Unterhalb der neuesten Revision könnten sie nicht gespeichert werden.</translation>
    </message>
    <message>
        <source>The tables were compared with those of {0}, and are the same. This is written into the version table; nothing else is changed.</source>
        <translation>Die Tabellen wurden mit denen von {0} verglichen und sind gleich. Das wird in die Versionstabelle geschrieben; sonst ändert sich nichts.</translation>
    </message>
    <message>
        <source>There are unsaved changes on other pages.</source>
        <translation>Auf anderen Seiten gibt es ungespeicherte Änderungen.</translation>
    </message>
    <message>
        <source>{0} is on record now.</source>
        <translation>{0} ist jetzt eingetragen.</translation>
    </message>
</context>
<context>
    <name>DoubtsDialog</name>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>It can be done all the same, and be mended afterwards.</source>
        <translation>Es geht trotzdem und kann danach in Ordnung gebracht werden.</translation>
    </message>
    <message>
        <source>Not everything is ready</source>
        <translation>Noch ist nicht alles fertig</translation>
    </message>
    <message numerus="yes">
        <source>… and %n more</source>
        <translation>
            <numerusform>… und %n weitere</numerusform>
            <numerusform>… und %n weitere</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>DraftsPage</name>
    <message>
        <source>Save</source>
        <translation>Speichern</translation>
    </message>
    <message>
        <source>in {0} {1}</source>
        <translation>({0} {1})</translation>
    </message>
</context>
<context>
    <name>DraggedCards</name>
    <message numerus="yes">
        <source>and %n more</source>
        <translation>
            <numerusform>und %n weitere</numerusform>
            <numerusform>und %n weitere</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>DriftCard</name>
    <message>
        <source>Check again</source>
        <translation>Noch einmal prüfen</translation>
    </message>
    <message>
        <source>Differences</source>
        <translation>Unterschiede</translation>
    </message>
    <message>
        <source>No drift: the live schema is what {0} gives.</source>
        <translation>Keine Abweichung: Das Schema ist so, wie {0} es ergibt.</translation>
    </message>
    <message numerus="yes">
        <source>The live schema differs from what {0} gives in %n place(s).</source>
        <translation>
            <numerusform>Das Schema weicht an %n Stelle von dem ab, was {0} ergibt.</numerusform>
            <numerusform>Das Schema weicht an %n Stellen von dem ab, was {0} ergibt.</numerusform>
        </translation>
    </message>
    <message>
        <source>checked {0}</source>
        <translation>geprüft {0}</translation>
    </message>
</context>
<context>
    <name>EffectList</name>
    <message>
        <source>Hide</source>
        <translation>Verbergen</translation>
    </message>
    <message>
        <source>Show</source>
        <translation>Zeigen</translation>
    </message>
    <message>
        <source>Show some of the {0}</source>
        <translation>Einige davon zeigen: {0}</translation>
    </message>
    <message numerus="yes">
        <source>and %n more</source>
        <translation>
            <numerusform>und %n weitere</numerusform>
            <numerusform>und %n weitere</numerusform>
        </translation>
    </message>
    <message>
        <source>over {0}</source>
        <translation>über {0}</translation>
    </message>
    <message>
        <source>{0} will be empty</source>
        <translation>{0} wird leer</translation>
    </message>
    <message>
        <source>{0} will be the default</source>
        <translation>{0} erhält den Standardwert</translation>
    </message>
</context>
<context>
    <name>ElsewhereDialog</name>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Choose one from the list.</source>
        <translation>Wählen Sie aus der Liste.</translation>
    </message>
</context>
<context>
    <name>EntityPage</name>
    <message>
        <source>History of {0}</source>
        <translation>Verlauf: {0}</translation>
    </message>
    <message>
        <source>Reading {0}…</source>
        <translation>{0} werden gelesen…</translation>
    </message>
    <message>
        <source>Sorting {0} rows by {1} takes a while: there is no index for it.</source>
        <translation>{0} Zeilen nach {1} zu sortieren dauert eine Weile: Dafür gibt es keinen Index.</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Noch einmal versuchen</translation>
    </message>
    <message>
        <source>{0} match</source>
        <translation>{0} Treffer</translation>
    </message>
    <message>
        <source>{0}. You are editing it too: nothing is overwritten.</source>
        <translation>{0}. Sie bearbeiten es auch: Es wird nichts überschrieben.</translation>
    </message>
</context>
<context>
    <name>EntryCard</name>
    <message>
        <source>Show the whole operation</source>
        <translation>Den ganzen Vorgang zeigen</translation>
    </message>
    <message>
        <source>Take back…</source>
        <translation>Zurücknehmen…</translation>
    </message>
    <message>
        <source>Taken back</source>
        <translation>Zurückgenommen</translation>
    </message>
    <message>
        <source>Takes back</source>
        <translation>Nimmt zurück</translation>
    </message>
</context>
<context>
    <name>ErrorBox</name>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>Copied</source>
        <translation>Kopiert</translation>
    </message>
    <message>
        <source>Copy details</source>
        <translation>Einzelheiten kopieren</translation>
    </message>
</context>
<context>
    <name>ExactText</name>
    <message>
        <source>Holds what cannot be seen: {0}</source>
        <translation>Enthält Unsichtbares: {0}</translation>
    </message>
    <message>
        <source>There is half a character (a lone surrogate) in this text; it cannot be stored.</source>
        <translation>In diesem Text steht ein halbes Zeichen (ein einzelnes Surrogat); es kann nicht gespeichert werden.</translation>
    </message>
</context>
<context>
    <name>ExportDialog</name>
    <message numerus="yes">
        <source>%n left out</source>
        <translation>
            <numerusform>%n ausgelassen</numerusform>
            <numerusform>%n ausgelassen</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n question(s) will be written</source>
        <translation>
            <numerusform>%n Frage wird geschrieben</numerusform>
            <numerusform>%n Fragen werden geschrieben</numerusform>
        </translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Export questions</source>
        <translation>Fragen exportieren</translation>
    </message>
    <message>
        <source>Question {0}</source>
        <translation>Frage {0}</translation>
    </message>
    <message>
        <source>Save as</source>
        <translation>Speichern als</translation>
    </message>
    <message>
        <source>Save as…</source>
        <translation>Speichern als…</translation>
    </message>
    <message>
        <source>The form of the file</source>
        <translation>Form der Datei</translation>
    </message>
    <message>
        <source>What is left out</source>
        <translation>Was ausgelassen wird</translation>
    </message>
    <message>
        <source>What the file will hold</source>
        <translation>Was in der Datei stehen wird</translation>
    </message>
    <message>
        <source>Writing the file</source>
        <translation>Die Datei wird geschrieben</translation>
    </message>
    <message>
        <source>Writing the questions</source>
        <translation>Die Fragen werden geschrieben</translation>
    </message>
</context>
<context>
    <name>Feedback</name>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message numerus="yes">
        <source>Change %n row(s)?</source>
        <translation>
            <numerusform>%n Zeile ändern?</numerusform>
            <numerusform>%n Zeilen ändern?</numerusform>
        </translation>
    </message>
    <message>
        <source>That did not work</source>
        <translation>Das hat nicht geklappt</translation>
    </message>
    <message>
        <source>This cannot be undone.</source>
        <translation>Das kann nicht rückgängig gemacht werden.</translation>
    </message>
</context>
<context>
    <name>FieldChangeView</name>
    <message>
        <source>{0} was changed.</source>
        <translation>{0} wurde geändert.</translation>
    </message>
    <message>
        <source>{0}, before</source>
        <translation>{0}, vorher</translation>
    </message>
    <message>
        <source>{0}: before {1}, after {2}</source>
        <translation>{0}: vorher {1}, nachher {2}</translation>
    </message>
</context>
<context>
    <name>FieldEditor</name>
    <message>
        <source>{0} is needed.</source>
        <translation>{0} wird gebraucht.</translation>
    </message>
</context>
<context>
    <name>FieldRow</name>
    <message>
        <source>Edit all of it</source>
        <translation>Alles bearbeiten</translation>
    </message>
    <message>
        <source>Edit all of {0}</source>
        <translation>{0} ganz bearbeiten</translation>
    </message>
    <message>
        <source>Format</source>
        <translation>Formatieren</translation>
    </message>
    <message>
        <source>Format {0}</source>
        <translation>{0} formatieren</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>Öffnen</translation>
    </message>
    <message>
        <source>Open {0}</source>
        <translation>{0} öffnen</translation>
    </message>
    <message>
        <source>needed</source>
        <translation>erforderlich</translation>
    </message>
    <message>
        <source>not saved</source>
        <translation>nicht gespeichert</translation>
    </message>
    <message>
        <source>not saved, {0}</source>
        <translation>nicht gespeichert, {0}</translation>
    </message>
    <message>
        <source>was {0}</source>
        <translation>vorher {0}</translation>
    </message>
</context>
<context>
    <name>Filter</name>
    <message numerus="yes">
        <source>%n day(s)</source>
        <translation>
            <numerusform>%n Tag</numerusform>
            <numerusform>%n Tagen</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>last %n day(s)</source>
        <translation>
            <numerusform>seit %n Tag</numerusform>
            <numerusform>letzte %n Tage</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>FilterBar</name>
    <message>
        <source>As it was at first</source>
        <translation>Wie am Anfang</translation>
    </message>
    <message>
        <source>Columns</source>
        <translation>Spalten</translation>
    </message>
    <message>
        <source>Everything</source>
        <translation>Alles</translation>
    </message>
    <message>
        <source>Filter</source>
        <translation>Filter</translation>
    </message>
    <message>
        <source>Forget</source>
        <translation>Vergessen</translation>
    </message>
    <message>
        <source>Forget a view</source>
        <translation>Eine Ansicht vergessen</translation>
    </message>
    <message>
        <source>Forget the view “{0}”?</source>
        <translation>Ansicht „{0}“ vergessen?</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>Replace</source>
        <translation>Ersetzen</translation>
    </message>
    <message>
        <source>Replace the view “{0}”?</source>
        <translation>Die Ansicht „{0}“ ersetzen?</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>Speichern</translation>
    </message>
    <message>
        <source>Save this view</source>
        <translation>Diese Ansicht speichern</translation>
    </message>
    <message>
        <source>Save this view as…</source>
        <translation>Diese Ansicht speichern als…</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>Suchen</translation>
    </message>
    <message>
        <source>Search, filters, order and columns.</source>
        <translation>Suche, Filter, Reihenfolge und Spalten.</translation>
    </message>
    <message>
        <source>The rows stay as they are.</source>
        <translation>Die Zeilen bleiben, wie sie sind.</translation>
    </message>
    <message>
        <source>There is one of this name already.</source>
        <translation>Es gibt schon eine dieses Namens.</translation>
    </message>
    <message>
        <source>Views</source>
        <translation>Ansichten</translation>
    </message>
    <message>
        <source>Views, now {0}</source>
        <translation>Ansichten, jetzt {0}</translation>
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
        <translation>Filter</translation>
    </message>
    <message>
        <source>How to compare</source>
        <translation>Wie verglichen wird</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>Entfernen</translation>
    </message>
</context>
<context>
    <name>FirstRun</name>
    <message>
        <source>&amp;E-mail</source>
        <translation>&amp;E-Mail</translation>
    </message>
    <message>
        <source>&amp;Password</source>
        <translation>&amp;Passwort</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Full &amp;name</source>
        <translation>Vollständiger &amp;Name</translation>
    </message>
    <message>
        <source>Marta Lopes</source>
        <translation>Marta Lopes</translation>
    </message>
    <message>
        <source>Password, &amp;again</source>
        <translation>Passwort &amp;wiederholen</translation>
    </message>
    <message>
        <source>you@school.edu</source>
        <translation>sie@schule.de</translation>
    </message>
</context>
<context>
    <name>FirstRunScreen</name>
    <message>
        <source>Applying the revisions…</source>
        <translation>Die Revisionen werden angewendet…</translation>
    </message>
    <message>
        <source>At least {least} characters, at most {most} bytes.</source>
        <translation>Mindestens {least} Zeichen, höchstens {most} Byte.</translation>
    </message>
    <message>
        <source>Connect to another database…</source>
        <translation>Mit einer anderen Datenbank verbinden…</translation>
    </message>
    <message>
        <source>Create administrator</source>
        <translation>Administrator anlegen</translation>
    </message>
    <message>
        <source>Create the first administrator</source>
        <translation>Ersten Administrator anlegen</translation>
    </message>
    <message>
        <source>Creating the administrator…</source>
        <translation>Der Administrator wird angelegt…</translation>
    </message>
    <message>
        <source>It is at revision {revision}, made by a newer application. Use that one here, or connect to another database.</source>
        <translation>Sie steht auf Revision {revision}, angelegt von einer neueren Anwendung. Verwenden Sie hier diese, oder verbinden Sie sich mit einer anderen Datenbank.</translation>
    </message>
    <message>
        <source>It is at {revision}, an older state than this application works with. All of these steps are applied, or none; what is stored stays.</source>
        <translation>Sie steht auf {revision}, einem älteren Stand, als diese Anwendung braucht. Alle diese Schritte werden angewendet oder keiner; was gespeichert ist, bleibt.</translation>
    </message>
    <message>
        <source>It is empty. These steps make the LMS&apos;s tables in it; all of them or none. Then the change log is installed.</source>
        <translation>Sie ist leer. Diese Schritte legen die Tabellen des LMS darin an, alle oder keine. Danach wird das Änderungsprotokoll eingerichtet.</translation>
    </message>
    <message>
        <source>Look again</source>
        <translation>Noch einmal nachsehen</translation>
    </message>
    <message>
        <source>Nobody can administer this school yet. This person will be able to do everything in it.</source>
        <translation>Noch kann niemand diese Schule verwalten. Diese Person wird darin alles tun können.</translation>
    </message>
    <message>
        <source>Put {0} on record</source>
        <translation>{0} eintragen</translation>
    </message>
    <message>
        <source>Putting the revision on record…</source>
        <translation>Die Revision wird eingetragen…</translation>
    </message>
    <message>
        <source>Set up the database</source>
        <translation>Datenbank einrichten</translation>
    </message>
    <message>
        <source>The database calls itself {revision}, but its tables are another program&apos;s. Choose the LMS&apos;s database or an empty one.</source>
        <translation>Die Datenbank nennt sich {revision}, aber ihre Tabellen sind die eines anderen Programms. Wählen Sie die Datenbank des LMS oder eine leere.</translation>
    </message>
    <message>
        <source>The database has tables, but no record of which revision they are. Choose the LMS&apos;s database or an empty one, or let an administrator stamp it with Alembic.</source>
        <translation>Die Datenbank hat Tabellen, aber nirgends steht, welche Revision sie sind. Wählen Sie die Datenbank des LMS oder eine leere, oder lassen Sie sie von einem Administrator mit Alembic kennzeichnen.</translation>
    </message>
    <message>
        <source>The two passwords are not the same.</source>
        <translation>Die beiden Passwörter sind nicht gleich.</translation>
    </message>
    <message>
        <source>These are not the LMS&apos;s tables</source>
        <translation>Dies sind nicht die Tabellen des LMS</translation>
    </message>
    <message>
        <source>This database cannot be worked with</source>
        <translation>Mit dieser Datenbank kann nicht gearbeitet werden</translation>
    </message>
    <message>
        <source>This database has no record of its revision</source>
        <translation>In dieser Datenbank steht nicht, welche Revision sie ist</translation>
    </message>
    <message>
        <source>This database is newer than this application</source>
        <translation>Diese Datenbank ist neuer als diese Anwendung</translation>
    </message>
    <message>
        <source>Type the e-mail address.</source>
        <translation>Geben Sie die E-Mail-Adresse ein.</translation>
    </message>
    <message>
        <source>Type the name.</source>
        <translation>Geben Sie den Namen ein.</translation>
    </message>
    <message>
        <source>Update the database</source>
        <translation>Datenbank aktualisieren</translation>
    </message>
    <message numerus="yes">
        <source>Update the database (%n revisions)</source>
        <translation>
            <numerusform>Datenbank aktualisieren (%n Revision)</numerusform>
            <numerusform>Datenbank aktualisieren (%n Revisionen)</numerusform>
        </translation>
    </message>
    <message>
        <source>Update the database (1 revision)</source>
        <translation>Datenbank aktualisieren (1 Revision)</translation>
    </message>
    <message>
        <source>What will be applied</source>
        <translation>Was angewendet wird</translation>
    </message>
    <message numerus="yes">
        <source>and %n more</source>
        <translation>
            <numerusform>und %n weitere</numerusform>
            <numerusform>und %n weitere</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>FoldButton</name>
    <message>
        <source>Folded</source>
        <translation>Eingeklappt</translation>
    </message>
    <message>
        <source>Unfolded</source>
        <translation>Ausgeklappt</translation>
    </message>
</context>
<context>
    <name>FormDetails</name>
    <message>
        <source>Copy the id</source>
        <translation>ID kopieren</translation>
    </message>
    <message>
        <source>Decide…</source>
        <translation>Entscheiden…</translation>
    </message>
    <message>
        <source>Give them up</source>
        <translation>Aufgeben</translation>
    </message>
    <message>
        <source>Merge…</source>
        <translation>Zusammenführen…</translation>
    </message>
    <message>
        <source>Saving keeps both.</source>
        <translation>Beim Speichern bleibt beides erhalten.</translation>
    </message>
    <message>
        <source>Saving restores it with your edits.</source>
        <translation>Beim Speichern wird es mit Ihren Änderungen wiederhergestellt.</translation>
    </message>
    <message>
        <source>Somebody deleted this meanwhile, or it is no longer yours to see.</source>
        <translation>Jemand hat dies inzwischen gelöscht, oder Sie dürfen es nicht mehr sehen.</translation>
    </message>
    <message>
        <source>Somebody else changed this since you began; what you changed is as it was.</source>
        <translation>Jemand anderes hat dies geändert, seit Sie begonnen haben; was Sie geändert haben, ist, wie es war.</translation>
    </message>
    <message>
        <source>Somebody else changed {0} since you began.</source>
        <translation>Jemand anderes hat {0} geändert, seit Sie begonnen haben.</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Noch einmal versuchen</translation>
    </message>
    <message>
        <source>Your changes cannot be saved as they are.</source>
        <translation>So können Ihre Änderungen nicht gespeichert werden.</translation>
    </message>
    <message>
        <source>{0} changed {1} {2}.</source>
        <translation>{0} hat {1} geändert ({2}).</translation>
    </message>
    <message>
        <source>{0} deleted this {1}.</source>
        <translation>{0} hat dies gelöscht ({1}).</translation>
    </message>
</context>
<context>
    <name>FormFields</name>
    <message>
        <source>last</source>
        <translation>zuletzt</translation>
    </message>
</context>
<context>
    <name>FormHeader</name>
    <message>
        <source>More actions</source>
        <translation>Weitere Aktionen</translation>
    </message>
    <message>
        <source>not saved yet</source>
        <translation>noch nicht gespeichert</translation>
    </message>
</context>
<context>
    <name>FormParts</name>
    <message>
        <source>Details</source>
        <translation>Einzelheiten</translation>
    </message>
    <message>
        <source>History</source>
        <translation>Verlauf</translation>
    </message>
    <message>
        <source>Parts of the record</source>
        <translation>Teile des Eintrags</translation>
    </message>
</context>
<context>
    <name>FoundList</name>
    <message>
        <source>Found</source>
        <translation>Gefunden</translation>
    </message>
    <message>
        <source>What was understood</source>
        <translation>Was verstanden wurde</translation>
    </message>
</context>
<context>
    <name>FoundModel</name>
    <message numerus="yes">
        <source>%n point(s)</source>
        <translation>
            <numerusform>%n Punkt</numerusform>
            <numerusform>%n Punkte</numerusform>
        </translation>
    </message>
    <message>
        <source>False</source>
        <translation>Falsch</translation>
    </message>
    <message>
        <source>Line {0}</source>
        <translation>Zeile {0}</translation>
    </message>
    <message>
        <source>True</source>
        <translation>Wahr</translation>
    </message>
    <message>
        <source>marked by hand</source>
        <translation>von Hand bewertet</translation>
    </message>
    <message>
        <source>no type</source>
        <translation>keine Art</translation>
    </message>
</context>
<context>
    <name>HardnessModel</name>
    <message>
        <source>Answered</source>
        <translation>Beantwortet</translation>
    </message>
    <message>
        <source>False</source>
        <translation>Falsch</translation>
    </message>
    <message>
        <source>How well it tells those who know from those who do not: 1 perfectly, 0 not at all, below 0 the wrong way round. It compares being right here with the points in the other questions.</source>
        <translation>Wie gut sie die, die es wissen, von denen trennt, die es nicht wissen: 1 vollkommen, 0 gar nicht, unter 0 verkehrt herum. Verglichen wird, wer sie richtig hat, mit den Punkten in den anderen Fragen.</translation>
    </message>
    <message>
        <source>No.</source>
        <translation>Nr.</translation>
    </message>
    <message>
        <source>Question</source>
        <translation>Frage</translation>
    </message>
    <message>
        <source>Right</source>
        <translation>Richtig</translation>
    </message>
    <message>
        <source>Tells apart</source>
        <translation>Trennt</translation>
    </message>
    <message>
        <source>The share of those who were asked that got all its points</source>
        <translation>Der Anteil der Gefragten, die alle Punkte bekamen</translation>
    </message>
    <message>
        <source>The wrong answer that was given most often, and how often</source>
        <translation>Die falsche Antwort, die am häufigsten gegeben wurde, und wie oft</translation>
    </message>
    <message>
        <source>True</source>
        <translation>Wahr</translation>
    </message>
    <message>
        <source>Usual mistake</source>
        <translation>Fehlantwort</translation>
    </message>
    <message>
        <source>not marked by itself</source>
        <translation>von Hand</translation>
    </message>
</context>
<context>
    <name>HeaderMenu</name>
    <message>
        <source>As wide as what it shows</source>
        <translation>So breit wie der Inhalt</translation>
    </message>
    <message>
        <source>Filter…</source>
        <translation>Filtern…</translation>
    </message>
    <message>
        <source>Hide this column</source>
        <translation>Diese Spalte ausblenden</translation>
    </message>
    <message>
        <source>Sort downwards</source>
        <translation>Abwärts sortieren</translation>
    </message>
    <message>
        <source>Sort upwards</source>
        <translation>Aufwärts sortieren</translation>
    </message>
</context>
<context>
    <name>HistoryPage</name>
    <message>
        <source>Changes to these are not taken down here: {0}.</source>
        <translation>Änderungen daran werden hier nicht aufgezeichnet: {0}.</translation>
    </message>
    <message>
        <source>Install the change log…</source>
        <translation>Änderungsprotokoll einrichten…</translation>
    </message>
    <message>
        <source>Parts of the history</source>
        <translation>Teile des Verlaufs</translation>
    </message>
    <message>
        <source>The change log is installed. The history begins now.</source>
        <translation>Das Änderungsprotokoll ist eingerichtet. Der Verlauf beginnt jetzt.</translation>
    </message>
</context>
<context>
    <name>ImportDialog</name>
    <message numerus="yes">
        <source>%n question(s) understood</source>
        <translation>
            <numerusform>%n Frage verstanden</numerusform>
            <numerusform>%n Fragen verstanden</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n thing(s) to look at</source>
        <translation>
            <numerusform>%n Hinweis</numerusform>
            <numerusform>%n Hinweise</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Add %n question(s)</source>
        <translation>
            <numerusform>%n Frage hinzufügen</numerusform>
            <numerusform>%n Fragen hinzufügen</numerusform>
        </translation>
    </message>
    <message>
        <source>Add questions</source>
        <translation>Fragen hinzufügen</translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation>Alle Dateien (*)</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Import questions</source>
        <translation>Fragen importieren</translation>
    </message>
    <message>
        <source>Questions ({0})</source>
        <translation>Fragen ({0})</translation>
    </message>
    <message>
        <source>Reading the file</source>
        <translation>Die Datei wird gelesen</translation>
    </message>
    <message>
        <source>Reading the file…</source>
        <translation>Die Datei wird gelesen…</translation>
    </message>
    <message>
        <source>The form of the file</source>
        <translation>Form der Datei</translation>
    </message>
</context>
<context>
    <name>InTheWay</name>
    <message>
        <source>Applying waits at most {0} s for a lock and tries {1} times; colleagues’ work never queues behind it longer.</source>
        <translation>Beim Anwenden wird höchstens {0} s auf eine Sperre gewartet, in {1} Versuchen; länger steht die Arbeit der anderen nie dahinter an.</translation>
    </message>
    <message>
        <source>Nobody holds the tables concerned.</source>
        <translation>Niemand hält die betroffenen Tabellen.</translation>
    </message>
    <message>
        <source>Who would be in the way right now</source>
        <translation>Wer gerade im Weg wäre</translation>
    </message>
</context>
<context>
    <name>Journal</name>
    <message>
        <source>Looking for unsaved changes</source>
        <translation>Ungespeicherte Änderungen werden gesucht</translation>
    </message>
</context>
<context>
    <name>Keeping</name>
    <message numerus="yes">
        <source>%n row(s) were changed since: saving shows both.</source>
        <translation>
            <numerusform>%n Zeile wurde seither geändert: Beim Speichern sehen Sie beides.</numerusform>
            <numerusform>%n Zeilen wurden seither geändert: Beim Speichern sehen Sie beides.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n row(s) were deleted since.</source>
        <translation>
            <numerusform>%n Zeile wurde seither gelöscht.</numerusform>
            <numerusform>%n Zeilen wurden seither gelöscht.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n unsaved change(s)</source>
        <translation>
            <numerusform>%n ungespeicherte Änderung</numerusform>
            <numerusform>%n ungespeicherte Änderungen</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n unsaved change(s) are back. They are not saved yet.</source>
        <translation>
            <numerusform>%n ungespeicherte Änderung ist wieder da. Sie ist noch nicht gespeichert.</numerusform>
            <numerusform>%n ungespeicherte Änderungen sind wieder da. Sie sind noch nicht gespeichert.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n unsaved change(s) are kept on this computer until you are back.</source>
        <translation>
            <numerusform>%n ungespeicherte Änderung bleibt auf diesem Computer, bis Sie wieder da sind.</numerusform>
            <numerusform>%n ungespeicherte Änderungen bleiben auf diesem Computer, bis Sie wieder da sind.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n value(s) that were being saved when the program ended are in the database.</source>
        <translation>
            <numerusform>%n Wert, der beim Ende des Programms gerade gespeichert wurde, ist in der Datenbank.</numerusform>
            <numerusform>%n Werte, die beim Ende des Programms gerade gespeichert wurden, sind in der Datenbank.</numerusform>
        </translation>
    </message>
    <message>
        <source>All right</source>
        <translation>In Ordnung</translation>
    </message>
    <message>
        <source>Discard</source>
        <translation>Verwerfen</translation>
    </message>
    <message numerus="yes">
        <source>Discard %n unsaved change(s)?</source>
        <translation>
            <numerusform>%n ungespeicherte Änderung verwerfen?</numerusform>
            <numerusform>%n ungespeicherte Änderungen verwerfen?</numerusform>
        </translation>
    </message>
    <message>
        <source>Look…</source>
        <translation>Ansehen…</translation>
    </message>
    <message>
        <source>Restore</source>
        <translation>Wiederherstellen</translation>
    </message>
    <message>
        <source>Unsaved edits cannot be kept on disk: {0}.</source>
        <translation>Ungespeicherte Änderungen können nicht auf dem Datenträger aufbewahrt werden: {0}.</translation>
    </message>
    <message>
        <source>What was typed and not saved is gone then.</source>
        <translation>Was eingegeben und nicht gespeichert wurde, ist dann weg.</translation>
    </message>
    <message>
        <source>a new row</source>
        <translation>eine neue Zeile</translation>
    </message>
    <message>
        <source>{0} from {1} were not saved when the program ended.</source>
        <translation>{0} von {1}, beim Ende des Programms nicht gespeichert.</translation>
    </message>
    <message>
        <source>{0} in {1}</source>
        <translation>{0} in {1}</translation>
    </message>
    <message>
        <source>{0} of {1} is kept nowhere and has to be typed again.</source>
        <translation>{0} ({1}) wird nirgends aufbewahrt und muss neu eingegeben werden.</translation>
    </message>
    <message>
        <source>{0} on several pages</source>
        <translation>{0} auf mehreren Seiten</translation>
    </message>
    <message>
        <source>{0} were kept.</source>
        <translation>Aufbewahrt: {0}.</translation>
    </message>
</context>
<context>
    <name>LeaveDialog</name>
    <message numerus="yes">
        <source>%n of them is not complete: it cannot be kept.</source>
        <translation>
            <numerusform>%n davon ist unvollständig: Sie kann nicht aufgehoben werden.</numerusform>
            <numerusform>%n davon sind unvollständig: Sie können nicht aufgehoben werden.</numerusform>
        </translation>
    </message>
    <message>
        <source>Discard and leave</source>
        <translation>Verwerfen und gehen</translation>
    </message>
    <message>
        <source>Keep for next time</source>
        <translation>Fürs nächste Mal behalten</translation>
    </message>
    <message numerus="yes">
        <source>Leave %n unsaved change(s) behind?</source>
        <translation>
            <numerusform>%n ungespeicherte Änderung zurücklassen?</numerusform>
            <numerusform>%n ungespeicherte Änderungen zurücklassen?</numerusform>
        </translation>
    </message>
    <message>
        <source>Save and leave</source>
        <translation>Speichern und gehen</translation>
    </message>
    <message>
        <source>Stay here</source>
        <translation>Hier bleiben</translation>
    </message>
    <message>
        <source>They are not saved yet and would be lost.</source>
        <translation>Sie sind noch nicht gespeichert und gingen verloren.</translation>
    </message>
    <message>
        <source>They are not saved yet. Kept on this computer, they are offered when you are back.</source>
        <translation>Sie sind noch nicht gespeichert. Auf diesem Computer aufbewahrt, werden sie Ihnen angeboten, wenn Sie wieder da sind.</translation>
    </message>
</context>
<context>
    <name>LeaveRunDialog</name>
    <message>
        <source>Close when it is done</source>
        <translation>Danach schließen</translation>
    </message>
    <message>
        <source>Something is running</source>
        <translation>Es läuft noch etwas</translation>
    </message>
    <message>
        <source>Stay here</source>
        <translation>Hier bleiben</translation>
    </message>
    <message>
        <source>Stop it and close</source>
        <translation>Anhalten und schließen</translation>
    </message>
    <message>
        <source>Until it is done the window stays open. Stopped, it rolls back what is not committed.</source>
        <translation>Bis es fertig ist, bleibt das Fenster offen. Angehalten, rollt es zurück, was nicht festgeschrieben ist.</translation>
    </message>
</context>
<context>
    <name>LeftBehind</name>
    <message>
        <source>Copy</source>
        <translation>Kopieren</translation>
    </message>
    <message>
        <source>Give it up</source>
        <translation>Verwerfen</translation>
    </message>
    <message>
        <source>The row</source>
        <translation>Die Zeile</translation>
    </message>
    <message>
        <source>{0} was deleted meanwhile, or is no longer yours to see. What you were typing is kept: {1}.</source>
        <translation>{0} wurde inzwischen gelöscht oder ist für Sie nicht mehr zu sehen. Was Sie gerade schrieben, ist aufgehoben: {1}.</translation>
    </message>
    <message>
        <source>{0} “{1}”</source>
        <translation>{0} „{1}“</translation>
    </message>
</context>
<context>
    <name>LessonEditor</name>
    <message>
        <source>Content</source>
        <translation>Inhalt</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>Einstellungen</translation>
    </message>
</context>
<context>
    <name>LineField</name>
    <message>
        <source>No value (Ctrl+0)</source>
        <translation>Kein Wert (Strg+0)</translation>
    </message>
    <message>
        <source>empty text</source>
        <translation>leerer Text</translation>
    </message>
</context>
<context>
    <name>Live</name>
    <message>
        <source>added by {0} {1}</source>
        <translation>von {0} hinzugefügt ({1})</translation>
    </message>
    <message>
        <source>changed by {0} {1}</source>
        <translation>von {0} geändert ({1})</translation>
    </message>
    <message>
        <source>deleted by {0} {1}</source>
        <translation>von {0} gelöscht ({1})</translation>
    </message>
    <message>
        <source>just added by somebody else</source>
        <translation>gerade von jemand anderem hinzugefügt</translation>
    </message>
    <message>
        <source>just changed by somebody else</source>
        <translation>gerade von jemand anderem geändert</translation>
    </message>
    <message>
        <source>just deleted by somebody else</source>
        <translation>gerade von jemand anderem gelöscht</translation>
    </message>
    <message>
        <source>just now</source>
        <translation>gerade eben</translation>
    </message>
    <message>
        <source>{0} min ago</source>
        <translation>vor {0} Min.</translation>
    </message>
    <message>
        <source>{0} s ago</source>
        <translation>vor {0} s</translation>
    </message>
</context>
<context>
    <name>LiveTelling</name>
    <message>
        <source>Somebody else</source>
        <translation>Jemand anderes</translation>
    </message>
    <message>
        <source>{0} added {1}</source>
        <translation>{0} hat {1} hinzugefügt</translation>
    </message>
    <message>
        <source>{0} changed {1}</source>
        <translation>{0} hat {1} geändert</translation>
    </message>
    <message>
        <source>{0} changed {1} {2}</source>
        <translation>{0} hat {1} {2} geändert</translation>
    </message>
    <message>
        <source>{0} deleted {1}</source>
        <translation>{0} hat {1} gelöscht</translation>
    </message>
</context>
<context>
    <name>LogList</name>
    <message>
        <source>Nothing matches these filters.</source>
        <translation>Zu diesen Filtern passt nichts.</translation>
    </message>
    <message>
        <source>Reading {0}…</source>
        <translation>Wird gelesen: {0}…</translation>
    </message>
    <message>
        <source>Show everything</source>
        <translation>Alles zeigen</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Noch einmal versuchen</translation>
    </message>
    <message>
        <source>{0} match</source>
        <translation>{0} Treffer</translation>
    </message>
</context>
<context>
    <name>LogNotice</name>
    <message>
        <source>From then on everything that is changed here is kept, with who did it and what was there before, and can be taken back. It stands in a schema of its own in this database, “lms_desktop”, and sets triggers on the ten tables. The web application notices nothing of it, and what other programs write is not logged. It can be taken out again.</source>
        <translation>Von da an wird alles festgehalten, was hier geändert wird, mit dem, der es tat, und dem, was vorher da war, und kann zurückgenommen werden. Es steht in einem eigenen Schema in dieser Datenbank, „lms_desktop“, und setzt Trigger auf die zehn Tabellen. Die Webanwendung merkt davon nichts, und was andere Programme schreiben, wird nicht protokolliert. Es lässt sich wieder entfernen.</translation>
    </message>
    <message>
        <source>Install the change log</source>
        <translation>Änderungsprotokoll einrichten</translation>
    </message>
    <message>
        <source>Install the change log?</source>
        <translation>Änderungsprotokoll einrichten?</translation>
    </message>
    <message>
        <source>Install the change log…</source>
        <translation>Änderungsprotokoll einrichten…</translation>
    </message>
    <message>
        <source>Installing the change log…</source>
        <translation>Das Änderungsprotokoll wird eingerichtet…</translation>
    </message>
    <message>
        <source>With it, every change made here is kept with before and after.</source>
        <translation>Damit wird jede Änderung, die hier gemacht wird, mit Vorher und Nachher festgehalten.</translation>
    </message>
</context>
<context>
    <name>LongEditor</name>
    <message>
        <source>Holds characters that would change here; it can be read, not edited.</source>
        <translation>Enthält Zeichen, die sich hier ändern würden; es kann gelesen, nicht bearbeitet werden.</translation>
    </message>
    <message>
        <source>empty text</source>
        <translation>leerer Text</translation>
    </message>
    <message>
        <source>{0} characters; only the beginning is shown.</source>
        <translation>{0} Zeichen; nur der Anfang wird gezeigt.</translation>
    </message>
</context>
<context>
    <name>LossesView</name>
    <message>
        <source>It is not applied, so there is nothing that a rollback could lose. Later it would run this:</source>
        <translation>Sie ist nicht angewendet, also kann ein Zurückrollen nichts verlieren. Später würde dies ausgeführt:</translation>
    </message>
    <message>
        <source>No data goes: what is undone holds none.</source>
        <translation>Es verschwinden keine Daten: Was rückgängig gemacht wird, enthält keine.</translation>
    </message>
    <message>
        <source>Roll back to below {0}…</source>
        <translation>Unter {0} zurückrollen…</translation>
    </message>
    <message numerus="yes">
        <source>Rolling back undoes %n revision(s): {0}.</source>
        <translation>
            <numerusform>Das Zurückrollen macht %n Revision rückgängig: {0}.</numerusform>
            <numerusform>Das Zurückrollen macht %n Revisionen rückgängig: {0}.</numerusform>
        </translation>
    </message>
    <message>
        <source>SQL of the rollback</source>
        <translation>SQL des Zurückrollens</translation>
    </message>
    <message>
        <source>These go for good:</source>
        <translation>Dies verschwindet endgültig:</translation>
    </message>
    <message>
        <source>What a rollback loses</source>
        <translation>Was ein Zurückrollen verliert</translation>
    </message>
</context>
<context>
    <name>MainWindow</name>
    <message>
        <source>About</source>
        <translation>Über</translation>
    </message>
    <message>
        <source>Connect to another database…</source>
        <translation>Mit einer anderen Datenbank verbinden…</translation>
    </message>
    <message>
        <source>Keyboard shortcuts</source>
        <translation>Tastenkürzel</translation>
    </message>
    <message>
        <source>Preferences…</source>
        <translation>Einstellungen…</translation>
    </message>
    <message>
        <source>Sign in again</source>
        <translation>Neu anmelden</translation>
    </message>
    <message>
        <source>Sign out</source>
        <translation>Abmelden</translation>
    </message>
    <message>
        <source>The connection is back. Nothing typed was lost.</source>
        <translation>Die Verbindung ist wieder da. Nichts Eingegebenes ging verloren.</translation>
    </message>
    <message>
        <source>You cannot go on working here</source>
        <translation>Sie können hier nicht weiterarbeiten</translation>
    </message>
    <message>
        <source>connected</source>
        <translation>verbunden</translation>
    </message>
    <message>
        <source>not answering</source>
        <translation>antwortet nicht</translation>
    </message>
    <message>
        <source>not connected</source>
        <translation>nicht verbunden</translation>
    </message>
</context>
<context>
    <name>ManyQuestions</name>
    <message>
        <source>Adding questions</source>
        <translation>Fragen werden hinzugefügt</translation>
    </message>
    <message>
        <source>Import questions</source>
        <translation>Fragen importieren</translation>
    </message>
    <message>
        <source>Reading the questions</source>
        <translation>Die Fragen werden gelesen</translation>
    </message>
    <message>
        <source>Save the quiz first. Many questions at once come to a quiz that is saved.</source>
        <translation>Speichern Sie zuerst das Quiz. Viele Fragen auf einmal kommen in ein Quiz, das gespeichert ist.</translation>
    </message>
    <message>
        <source>Show the text</source>
        <translation>Text zeigen</translation>
    </message>
    <message>
        <source>The questions were not added. Their text is kept.</source>
        <translation>Die Fragen wurden nicht hinzugefügt. Ihr Text ist aufbewahrt.</translation>
    </message>
    <message>
        <source>They come at the end of “{0}”.</source>
        <translation>Sie kommen ans Ende von „{0}“.</translation>
    </message>
    <message>
        <source>They come behind question {0} of “{1}”.</source>
        <translation>Sie kommen hinter Frage {0} von „{1}“.</translation>
    </message>
    <message>
        <source>Written to {0}.</source>
        <translation>In {0} geschrieben.</translation>
    </message>
</context>
<context>
    <name>MarkdownEditor</name>
    <message>
        <source>Bold</source>
        <translation>Fett</translation>
    </message>
    <message>
        <source>Both</source>
        <translation>Beides</translation>
    </message>
    <message>
        <source>Code</source>
        <translation>Code</translation>
    </message>
    <message>
        <source>Heading</source>
        <translation>Überschrift</translation>
    </message>
    <message>
        <source>Italic</source>
        <translation>Kursiv</translation>
    </message>
    <message>
        <source>Link</source>
        <translation>Link</translation>
    </message>
    <message>
        <source>List</source>
        <translation>Liste</translation>
    </message>
    <message>
        <source>Preview</source>
        <translation>Vorschau</translation>
    </message>
    <message>
        <source>Preview of the content</source>
        <translation>Vorschau des Inhalts</translation>
    </message>
    <message>
        <source>Source</source>
        <translation>Quelltext</translation>
    </message>
    <message>
        <source>This text is long: only the part around the cursor is previewed.</source>
        <translation>Dieser Text ist lang: Die Vorschau zeigt nur den Teil um die Schreibmarke.</translation>
    </message>
    <message>
        <source>What students will read appears here.</source>
        <translation>Was Teilnehmer lesen werden, erscheint hier.</translation>
    </message>
</context>
<context>
    <name>MarkdownPreview</name>
    <message>
        <source>Preview</source>
        <translation>Vorschau</translation>
    </message>
    <message>
        <source>[picture: {0}]</source>
        <translation>[Bild: {0}]</translation>
    </message>
</context>
<context>
    <name>MeasuresModel</name>
    <message>
        <source>Lock</source>
        <translation>Sperre</translation>
    </message>
    <message>
        <source>Rewrites</source>
        <translation>Schreibt neu</translation>
    </message>
    <message>
        <source>Seconds</source>
        <translation>Sekunden</translation>
    </message>
    <message>
        <source>Statement</source>
        <translation>Anweisung</translation>
    </message>
    <message>
        <source>Tables locked</source>
        <translation>Gesperrte Tabellen</translation>
    </message>
    <message>
        <source>no</source>
        <translation>nein</translation>
    </message>
    <message>
        <source>none on data</source>
        <translation>keine auf Daten</translation>
    </message>
</context>
<context>
    <name>Migrations</name>
    <message>
        <source>Another program&apos;s database</source>
        <translation>Datenbank eines anderen Programms</translation>
    </message>
    <message>
        <source>Committed: the database is at {0}.</source>
        <translation>Festgeschrieben: Die Datenbank steht auf {0}.</translation>
    </message>
    <message>
        <source>LMS schema at an unknown revision</source>
        <translation>LMS-Schema auf einer unbekannten Revision</translation>
    </message>
    <message>
        <source>LMS schema at several revisions at once</source>
        <translation>LMS-Schema auf mehreren Revisionen zugleich</translation>
    </message>
    <message>
        <source>LMS schema made by a newer application</source>
        <translation>LMS-Schema von einer neueren Anwendung angelegt</translation>
    </message>
    <message>
        <source>LMS schema up to date</source>
        <translation>LMS-Schema aktuell</translation>
    </message>
    <message>
        <source>LMS schema without a record of its revision</source>
        <translation>LMS-Schema ohne Eintrag seiner Revision</translation>
    </message>
    <message numerus="yes">
        <source>LMS schema: %n revision(s) pending</source>
        <translation>
            <numerusform>LMS-Schema: %n ausstehend</numerusform>
            <numerusform>LMS-Schema: %n ausstehend</numerusform>
        </translation>
    </message>
    <message>
        <source>Next try in {0}.</source>
        <translation>Nächster Versuch in {0}.</translation>
    </message>
    <message>
        <source>No tables yet</source>
        <translation>Noch keine Tabellen</translation>
    </message>
    <message>
        <source>Saving the database first: {0} written.</source>
        <translation>Zuerst wird die Datenbank gesichert: {0} geschrieben.</translation>
    </message>
    <message>
        <source>These wait for us: {0}.</source>
        <translation>Auf uns warten: {0}.</translation>
    </message>
    <message>
        <source>Try {0} of {1}: the table is held by {2}.</source>
        <translation>Versuch {0} von {1}: Die Tabelle ist belegt, von {2}.</translation>
    </message>
    <message>
        <source>Waiting for {0}, for {1} so far.</source>
        <translation>Gewartet wird auf {0}, bisher {1}.</translation>
    </message>
    <message>
        <source>base</source>
        <translation>base</translation>
    </message>
    <message>
        <source>desktop extension in an unclear state</source>
        <translation>Desktop-Erweiterung in unklarem Zustand</translation>
    </message>
    <message>
        <source>desktop extension made by a newer application</source>
        <translation>Desktop-Erweiterung von einer neueren Anwendung angelegt</translation>
    </message>
    <message>
        <source>desktop extension not installed</source>
        <translation>Desktop-Erweiterung nicht eingerichtet</translation>
    </message>
    <message>
        <source>desktop extension up to date</source>
        <translation>Desktop-Erweiterung aktuell</translation>
    </message>
    <message numerus="yes">
        <source>desktop extension: %n revision(s) pending</source>
        <translation>
            <numerusform>Desktop-Erweiterung: %n ausstehend</numerusform>
            <numerusform>Desktop-Erweiterung: %n ausstehend</numerusform>
        </translation>
    </message>
    <message>
        <source>{0} begins, {1} of {2}.</source>
        <translation>{0} beginnt, {1} von {2}.</translation>
    </message>
    <message>
        <source>{0} has been run in {1}.</source>
        <translation>{0} ist durchgelaufen, in {1}.</translation>
    </message>
    <message>
        <source>{0} s</source>
        <translation>{0} s</translation>
    </message>
    <message>
        <source>{0} to {1}</source>
        <translation>{0} bis {1}</translation>
    </message>
</context>
<context>
    <name>MigrationsPage</name>
    <message>
        <source>Apply {0} to {1}…</source>
        <translation>{0} bis {1} anwenden…</translation>
    </message>
    <message>
        <source>Apply {0}…</source>
        <translation>{0} anwenden…</translation>
    </message>
    <message>
        <source>Finding out where the database stands…</source>
        <translation>Es wird nachgesehen, wo die Datenbank steht…</translation>
    </message>
    <message>
        <source>Put {0} on record…</source>
        <translation>{0} eintragen…</translation>
    </message>
    <message>
        <source>Reading {0}…</source>
        <translation>{0} wird gelesen…</translation>
    </message>
    <message>
        <source>Rehearse…</source>
        <translation>Proben…</translation>
    </message>
    <message>
        <source>Roll back one…</source>
        <translation>Eine zurückrollen…</translation>
    </message>
    <message>
        <source>The database is at {0}, below what this application works with. Until the rest is applied, only this page works.</source>
        <translation>Die Datenbank steht auf {0}, unter dem, womit diese Anwendung arbeitet. Bis das Übrige angewendet ist, geht nur diese Seite.</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Noch einmal versuchen</translation>
    </message>
</context>
<context>
    <name>MomentEditor</name>
    <message>
        <source>Choose from a calendar (Alt+Down)</source>
        <translation>Aus einem Kalender wählen (Alt+Ab)</translation>
    </message>
    <message>
        <source>No calendar reaches this moment; it is kept as it is unless you replace it.</source>
        <translation>Kein Kalender reicht bis zu diesem Zeitpunkt; er bleibt, wie er ist, wenn Sie ihn nicht ersetzen.</translation>
    </message>
    <message>
        <source>Replace this moment (Del)</source>
        <translation>Diesen Zeitpunkt ersetzen (Entf)</translation>
    </message>
</context>
<context>
    <name>MomentPopup</name>
    <message>
        <source>Choose a day and a time</source>
        <translation>Tag und Uhrzeit wählen</translation>
    </message>
    <message>
        <source>Day</source>
        <translation>Tag</translation>
    </message>
    <message>
        <source>Done</source>
        <translation>Fertig</translation>
    </message>
    <message>
        <source>Month</source>
        <translation>Monat</translation>
    </message>
    <message>
        <source>Next month</source>
        <translation>Nächster Monat</translation>
    </message>
    <message>
        <source>Now</source>
        <translation>Jetzt</translation>
    </message>
    <message>
        <source>Previous month</source>
        <translation>Voriger Monat</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>Uhrzeit</translation>
    </message>
    <message>
        <source>Year</source>
        <translation>Jahr</translation>
    </message>
</context>
<context>
    <name>MomentValues</name>
    <message>
        <source>to</source>
        <translation>bis</translation>
    </message>
    <message>
        <source>{0}, to</source>
        <translation>{0}, bis</translation>
    </message>
</context>
<context>
    <name>MoveEffects</name>
    <message numerus="yes">
        <source>%n attempt(s) answered it. Those answers then belong to no question of their quiz any more.</source>
        <translation>
            <numerusform>%n Versuch enthält eine Antwort darauf. Diese Antwort gehört dann zu keiner Frage ihres Quiz mehr.</numerusform>
            <numerusform>%n Versuche enthalten eine Antwort darauf. Diese Antworten gehören dann zu keiner Frage ihres Quiz mehr.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n attempt(s) at its quizzes go along.</source>
        <translation>
            <numerusform>%n Versuch an seinen Quizzen kommt mit.</numerusform>
            <numerusform>%n Versuche an seinen Quizzen kommen mit.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n attempt(s) hold their answers by place alone, as another program wrote them: after this they are read as answers to other questions.</source>
        <translation>
            <numerusform>%n Versuch hat seine Antworten nur nach Position, wie ein anderes Programm sie geschrieben hat: Danach gelten sie als Antworten auf andere Fragen.</numerusform>
            <numerusform>%n Versuche haben ihre Antworten nur nach Position, wie ein anderes Programm sie geschrieben hat: Danach gelten sie als Antworten auf andere Fragen.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>What %n student(s) have done with it stays with their enrollment in the course that it leaves: they no longer see it, and the students of the other course begin anew.</source>
        <translation>
            <numerusform>Was %n Teilnehmer damit getan hat, bleibt bei der Einschreibung im bisherigen Kurs: Dort ist es nicht mehr zu sehen, und die Teilnehmer des anderen Kurses beginnen von vorn.</numerusform>
            <numerusform>Was %n Teilnehmer damit getan haben, bleibt bei ihren Einschreibungen im bisherigen Kurs: Dort ist es nicht mehr zu sehen, und die Teilnehmer des anderen Kurses beginnen von vorn.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>MoveGuard</name>
    <message>
        <source>Counting what hangs on it</source>
        <translation>Es wird gezählt, was daran hängt</translation>
    </message>
    <message>
        <source>Move</source>
        <translation>Verschieben</translation>
    </message>
    <message numerus="yes">
        <source>Move %n lesson(s) to another course?</source>
        <translation>
            <numerusform>%n Lektion in einen anderen Kurs verschieben?</numerusform>
            <numerusform>%n Lektionen in einen anderen Kurs verschieben?</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Move %n question(s) to another quiz?</source>
        <translation>
            <numerusform>%n Frage in ein anderes Quiz verschieben?</numerusform>
            <numerusform>%n Fragen in ein anderes Quiz verschieben?</numerusform>
        </translation>
    </message>
    <message>
        <source>Put in order</source>
        <translation>Anordnen</translation>
    </message>
    <message>
        <source>Put the questions in another order?</source>
        <translation>Die Fragen anders anordnen?</translation>
    </message>
</context>
<context>
    <name>NavList</name>
    <message>
        <source>Navigation</source>
        <translation>Navigation</translation>
    </message>
</context>
<context>
    <name>NewRowsModel</name>
    <message>
        <source>New {0}</source>
        <translation>Neu: {0}</translation>
    </message>
</context>
<context>
    <name>NumberEditor</name>
    <message>
        <source>One less (Down)</source>
        <translation>Eins weniger (Ab)</translation>
    </message>
    <message>
        <source>One more (Up)</source>
        <translation>Eins mehr (Auf)</translation>
    </message>
</context>
<context>
    <name>NumberValues</name>
    <message>
        <source>to</source>
        <translation>bis</translation>
    </message>
    <message>
        <source>{0}, to</source>
        <translation>{0}, bis</translation>
    </message>
</context>
<context>
    <name>ObstaclesModel</name>
    <message>
        <source>As it was left</source>
        <translation>Wie hinterlassen</translation>
    </message>
    <message>
        <source>Changed by</source>
        <translation>Geändert von</translation>
    </message>
    <message>
        <source>Field</source>
        <translation>Feld</translation>
    </message>
    <message>
        <source>Now</source>
        <translation>Jetzt</translation>
    </message>
    <message>
        <source>Row</source>
        <translation>Zeile</translation>
    </message>
    <message>
        <source>When</source>
        <translation>Wann</translation>
    </message>
    <message>
        <source>another one</source>
        <translation>ein anderer</translation>
    </message>
    <message>
        <source>another program</source>
        <translation>ein anderes Programm</translation>
    </message>
    <message>
        <source>changed since</source>
        <translation>seither geändert</translation>
    </message>
    <message>
        <source>deleted since</source>
        <translation>seither gelöscht</translation>
    </message>
    <message>
        <source>others hang on it since</source>
        <translation>seither hängt anderes daran</translation>
    </message>
    <message>
        <source>taken by another row</source>
        <translation>von einer anderen Zeile belegt</translation>
    </message>
    <message>
        <source>there again</source>
        <translation>wieder da</translation>
    </message>
    <message>
        <source>what it belongs to is gone</source>
        <translation>wozu es gehört, ist weg</translation>
    </message>
</context>
<context>
    <name>OfferedDialog</name>
    <message numerus="yes">
        <source>%n unsaved change(s)</source>
        <translation>
            <numerusform>%n ungespeicherte Änderung</numerusform>
            <numerusform>%n ungespeicherte Änderungen</numerusform>
        </translation>
    </message>
    <message>
        <source>Decide later</source>
        <translation>Später entscheiden</translation>
    </message>
    <message>
        <source>Discard…</source>
        <translation>Verwerfen…</translation>
    </message>
    <message>
        <source>Left unsaved</source>
        <translation>Nicht gespeichert</translation>
    </message>
    <message>
        <source>Others belong to pages that you may not open now. They stay where they are.</source>
        <translation>Andere gehören zu Seiten, die Sie jetzt nicht öffnen dürfen. Sie bleiben, wo sie sind.</translation>
    </message>
    <message>
        <source>Restore</source>
        <translation>Wiederherstellen</translation>
    </message>
    <message>
        <source>Unsaved changes: {0}</source>
        <translation>Ungespeicherte Änderungen: {0}</translation>
    </message>
    <message>
        <source>Was</source>
        <translation>Vorher</translation>
    </message>
    <message>
        <source>{0} from {1}</source>
        <translation>{0} von {1}</translation>
    </message>
    <message>
        <source>{0} was changed by somebody else since. Saving shows both.</source>
        <translation>{0} wurde seither von jemand anderem geändert. Beim Speichern sehen Sie beides.</translation>
    </message>
    <message>
        <source>{0} was deleted by somebody else since.</source>
        <translation>{0} wurde seither von jemand anderem gelöscht.</translation>
    </message>
</context>
<context>
    <name>Onward</name>
    <message>
        <source>Open course</source>
        <translation>Kurs öffnen</translation>
    </message>
    <message>
        <source>Results</source>
        <translation>Ergebnisse</translation>
    </message>
</context>
<context>
    <name>OpeningScreen</name>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>Copy details</source>
        <translation>Einzelheiten kopieren</translation>
    </message>
    <message>
        <source>Stopping…</source>
        <translation>Wird angehalten…</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Noch einmal versuchen</translation>
    </message>
</context>
<context>
    <name>OperationPanel</name>
    <message>
        <source>Changed something.</source>
        <translation>Etwas wurde geändert.</translation>
    </message>
    <message>
        <source>Go to the record</source>
        <translation>Zum Eintrag</translation>
    </message>
    <message>
        <source>Machine {0}</source>
        <translation>Computer {0}</translation>
    </message>
    <message>
        <source>Nothing is selected</source>
        <translation>Nichts ist ausgewählt</translation>
    </message>
    <message>
        <source>Reading the history</source>
        <translation>Der Verlauf wird gelesen</translation>
    </message>
    <message>
        <source>Reading the operation…</source>
        <translation>Der Vorgang wird gelesen…</translation>
    </message>
    <message>
        <source>Reading what was changed…</source>
        <translation>Es wird gelesen, was geändert wurde…</translation>
    </message>
    <message numerus="yes">
        <source>Restore %n record(s)…</source>
        <translation>
            <numerusform>%n Eintrag wiederherstellen…</numerusform>
            <numerusform>%n Einträge wiederherstellen…</numerusform>
        </translation>
    </message>
    <message>
        <source>Restore…</source>
        <translation>Wiederherstellen…</translation>
    </message>
    <message>
        <source>Select a row to see what was done.</source>
        <translation>Wählen Sie eine Zeile aus, um zu sehen, was getan wurde.</translation>
    </message>
    <message>
        <source>Show it</source>
        <translation>Zeigen</translation>
    </message>
    <message>
        <source>Show more</source>
        <translation>Mehr zeigen</translation>
    </message>
    <message>
        <source>Take back…</source>
        <translation>Zurücknehmen…</translation>
    </message>
    <message>
        <source>Taken back</source>
        <translation>Zurückgenommen</translation>
    </message>
    <message>
        <source>Taken back by {0}, {1}.</source>
        <translation>Zurückgenommen von {0}, {1}.</translation>
    </message>
    <message>
        <source>Takes back</source>
        <translation>Nimmt zurück</translation>
    </message>
    <message>
        <source>This took back: {0}</source>
        <translation>Dies nahm zurück: {0}</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Noch einmal versuchen</translation>
    </message>
    <message>
        <source>What was changed</source>
        <translation>Was geändert wurde</translation>
    </message>
    <message>
        <source>What was deleted</source>
        <translation>Was gelöscht wurde</translation>
    </message>
    <message>
        <source>database role {0}</source>
        <translation>Datenbankrolle {0}</translation>
    </message>
</context>
<context>
    <name>OptionList</name>
    <message>
        <source>Accepted answer {0} of {1}, {2}</source>
        <translation>Gültige Antwort {0} von {1}, {2}</translation>
    </message>
    <message>
        <source>Accepted answers</source>
        <translation>Gültige Antworten</translation>
    </message>
    <message>
        <source>Add an accepted answer</source>
        <translation>Gültige Antwort hinzufügen</translation>
    </message>
    <message>
        <source>Add an option</source>
        <translation>Antwortmöglichkeit hinzufügen</translation>
    </message>
    <message>
        <source>An answer</source>
        <translation>Eine Antwort</translation>
    </message>
    <message>
        <source>Option {0}</source>
        <translation>Antwortmöglichkeit {0}</translation>
    </message>
    <message>
        <source>Option {0} is right</source>
        <translation>Antwortmöglichkeit {0} ist richtig</translation>
    </message>
    <message>
        <source>Option {0} of {1}, {2}, right</source>
        <translation>Antwortmöglichkeit {0} von {1}, {2}, richtig</translation>
    </message>
    <message>
        <source>Option {0} of {1}, {2}, wrong</source>
        <translation>Antwortmöglichkeit {0} von {1}, {2}, falsch</translation>
    </message>
    <message>
        <source>Options</source>
        <translation>Antwortmöglichkeiten</translation>
    </message>
    <message>
        <source>Remove answer {0}</source>
        <translation>Antwort {0} entfernen</translation>
    </message>
    <message>
        <source>Remove option {0}</source>
        <translation>Antwortmöglichkeit {0} entfernen</translation>
    </message>
    <message>
        <source>Right answer</source>
        <translation>Richtige Antwort</translation>
    </message>
    <message>
        <source>empty</source>
        <translation>leer</translation>
    </message>
</context>
<context>
    <name>OptionRow</name>
    <message>
        <source>An option needs a text; × takes it away.</source>
        <translation>Eine Antwortmöglichkeit braucht einen Text; × nimmt sie weg.</translation>
    </message>
    <message>
        <source>right answer</source>
        <translation>richtige Antwort</translation>
    </message>
</context>
<context>
    <name>OrderedListModel</name>
    <message>
        <source>Reading the outline</source>
        <translation>Die Gliederung wird gelesen</translation>
    </message>
</context>
<context>
    <name>OutlineSearch</name>
    <message>
        <source>Find a lesson, quiz or question</source>
        <translation>Lektion, Quiz oder Frage suchen</translation>
    </message>
    <message>
        <source>Looking for questions</source>
        <translation>Fragen werden gesucht</translation>
    </message>
    <message>
        <source>Next one</source>
        <translation>Nächster Treffer</translation>
    </message>
    <message>
        <source>Nothing found</source>
        <translation>Nichts gefunden</translation>
    </message>
    <message>
        <source>Previous one</source>
        <translation>Voriger Treffer</translation>
    </message>
    <message>
        <source>{0} of {1}</source>
        <translation>{0} von {1}</translation>
    </message>
</context>
<context>
    <name>OutlineView</name>
    <message>
        <source>A course is made of lessons. Quizzes hang on a lesson, or on the course itself.</source>
        <translation>Ein Kurs besteht aus Lektionen. Quizze hängen an einer Lektion oder am Kurs selbst.</translation>
    </message>
    <message>
        <source>Add the first lesson</source>
        <translation>Die erste Lektion hinzufügen</translation>
    </message>
    <message>
        <source>Alt with up or down moves what is chosen, left and right fold, the menu key has more.</source>
        <translation>Alt mit Auf oder Ab verschiebt das Gewählte, Links und Rechts klappen ein und aus, die Menütaste hat mehr.</translation>
    </message>
    <message>
        <source>Choose one on the page of courses.</source>
        <translation>Wählen Sie einen auf der Seite der Kurse.</translation>
    </message>
    <message>
        <source>Drag, or</source>
        <translation>Ziehen, oder</translation>
    </message>
    <message>
        <source>It was deleted, or it is another instructor&apos;s by now.</source>
        <translation>Er wurde gelöscht, oder er gehört inzwischen einer anderen Lehrkraft.</translation>
    </message>
    <message>
        <source>More</source>
        <translation>Mehr</translation>
    </message>
    <message>
        <source>No course is open.</source>
        <translation>Es ist kein Kurs geöffnet.</translation>
    </message>
    <message>
        <source>Outline</source>
        <translation>Gliederung</translation>
    </message>
    <message>
        <source>Outline of the course</source>
        <translation>Gliederung des Kurses</translation>
    </message>
    <message>
        <source>Reading the outline…</source>
        <translation>Die Gliederung wird gelesen…</translation>
    </message>
    <message>
        <source>This course has no lessons yet.</source>
        <translation>Dieser Kurs hat noch keine Lektionen.</translation>
    </message>
    <message>
        <source>This course is not to be seen any more.</source>
        <translation>Dieser Kurs ist nicht mehr zu sehen.</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Noch einmal versuchen</translation>
    </message>
    <message>
        <source>What can be done with the rows that are chosen</source>
        <translation>Was mit den gewählten Zeilen getan werden kann</translation>
    </message>
</context>
<context>
    <name>PageParts</name>
    <message>
        <source>Nothing matches this search and these filters.</source>
        <translation>Zu dieser Suche und diesen Filtern passt nichts.</translation>
    </message>
    <message>
        <source>Show everything</source>
        <translation>Alles zeigen</translation>
    </message>
    <message>
        <source>There is nothing here yet that you may see.</source>
        <translation>Hier gibt es noch nichts, was Sie sehen dürfen.</translation>
    </message>
    <message>
        <source>{0}, not saved yet</source>
        <translation>{0}, noch nicht gespeichert</translation>
    </message>
</context>
<context>
    <name>PasswordEdit</name>
    <message>
        <source>Hide the password</source>
        <translation>Passwort verbergen</translation>
    </message>
    <message>
        <source>Show the password</source>
        <translation>Passwort zeigen</translation>
    </message>
</context>
<context>
    <name>PasteDialog</name>
    <message numerus="yes">
        <source>%n question(s) understood</source>
        <translation>
            <numerusform>%n Frage verstanden</numerusform>
            <numerusform>%n Fragen verstanden</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n thing(s) to look at</source>
        <translation>
            <numerusform>%n Hinweis</numerusform>
            <numerusform>%n Hinweise</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Add %n question(s)</source>
        <translation>
            <numerusform>%n Frage hinzufügen</numerusform>
            <numerusform>%n Fragen hinzufügen</numerusform>
        </translation>
    </message>
    <message>
        <source>Add questions</source>
        <translation>Fragen hinzufügen</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>Weiter</translation>
    </message>
    <message>
        <source>How they are written</source>
        <translation>Wie sie geschrieben werden</translation>
    </message>
    <message>
        <source>Leave</source>
        <translation>Verlassen</translation>
    </message>
    <message numerus="yes">
        <source>Leave without adding %n question(s)?</source>
        <translation>
            <numerusform>Gehen, ohne %n Frage hinzuzufügen?</numerusform>
            <numerusform>Gehen, ohne %n Fragen hinzuzufügen?</numerusform>
        </translation>
    </message>
    <message>
        <source>Paste many questions</source>
        <translation>Viele Fragen einfügen</translation>
    </message>
    <message>
        <source>Questions as text</source>
        <translation>Fragen als Text</translation>
    </message>
    <message>
        <source>Reading the questions</source>
        <translation>Die Fragen werden gelesen</translation>
    </message>
    <message>
        <source>What was typed here is gone then.</source>
        <translation>Was hier eingegeben wurde, ist dann weg.</translation>
    </message>
</context>
<context>
    <name>PersonCard</name>
    <message>
        <source>Opens the menu of your account</source>
        <translation>Öffnet das Menü Ihres Kontos</translation>
    </message>
</context>
<context>
    <name>PlaceDialog</name>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Move</source>
        <translation>Verschieben</translation>
    </message>
    <message>
        <source>Move to position</source>
        <translation>An Position verschieben</translation>
    </message>
    <message>
        <source>Position, 1 to {0}</source>
        <translation>Position, 1 bis {0}</translation>
    </message>
</context>
<context>
    <name>PlainEdit</name>
    <message>
        <source>At most {0} characters can be edited here; nothing was pasted.</source>
        <translation>Hier können höchstens {0} Zeichen bearbeitet werden; es wurde nichts eingefügt.</translation>
    </message>
</context>
<context>
    <name>PlanView</name>
    <message numerus="yes">
        <source>%n revision(s) in one transaction: all of it is done, or nothing.</source>
        <translation>
            <numerusform>%n Revision in einer Transaktion: Alles geschieht oder nichts.</numerusform>
            <numerusform>%n Revisionen in einer Transaktion: Alles geschieht oder nichts.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n revision(s). One of them commits in its midst, so what is done before a failure stays.</source>
        <translation>
            <numerusform>%n Revision. Sie schreibt mittendrin fest, also bleibt, was vor einem Fehler getan ist.</numerusform>
            <numerusform>%n Revisionen. Eine davon schreibt mittendrin fest, also bleibt, was vor einem Fehler getan ist.</numerusform>
        </translation>
    </message>
    <message>
        <source>Checked beforehand</source>
        <translation>Vorher geprüft</translation>
    </message>
    <message>
        <source>Plan</source>
        <translation>Plan</translation>
    </message>
</context>
<context>
    <name>PreferencesDialog</name>
    <message>
        <source>&amp;Language</source>
        <translation>&amp;Sprache</translation>
    </message>
    <message>
        <source>&amp;Theme</source>
        <translation>&amp;Design</translation>
    </message>
    <message>
        <source>Another language is used from the next start on.</source>
        <translation>Eine andere Sprache gilt ab dem nächsten Start.</translation>
    </message>
    <message>
        <source>As the system</source>
        <translation>Wie das System</translation>
    </message>
    <message>
        <source>As the system ({0})</source>
        <translation>Wie das System ({0})</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>Dunkel</translation>
    </message>
    <message>
        <source>Done</source>
        <translation>Fertig</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>Hell</translation>
    </message>
    <message>
        <source>Moments are shown and typed in it.</source>
        <translation>Zeitpunkte werden darin gezeigt und eingegeben.</translation>
    </message>
    <message>
        <source>Preferences</source>
        <translation>Einstellungen</translation>
    </message>
    <message>
        <source>Te&amp;xt size</source>
        <translation>Te&amp;xtgröße</translation>
    </message>
    <message>
        <source>There is no time zone called “{0}”. Choose one from the list.</source>
        <translation>Es gibt keine Zeitzone namens „{0}“. Wählen Sie eine aus der Liste.</translation>
    </message>
    <message>
        <source>Time &amp;zone</source>
        <translation>&amp;Zeitzone</translation>
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
            <numerusform>%n ungespeicherte Änderung</numerusform>
            <numerusform>%n ungespeicherte Änderungen</numerusform>
        </translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>Speichern</translation>
    </message>
    <message>
        <source>Unsaved changes</source>
        <translation>Ungespeicherte Änderungen</translation>
    </message>
    <message>
        <source>What will be saved</source>
        <translation>Was gespeichert wird</translation>
    </message>
    <message numerus="yes">
        <source>in %n row(s)</source>
        <translation>
            <numerusform>in %n Zeile</numerusform>
            <numerusform>in %n Zeilen</numerusform>
        </translation>
    </message>
    <message>
        <source>in {0} {1}</source>
        <translation>({0} {1})</translation>
    </message>
    <message>
        <source>{0} {1}, saved together or not at all</source>
        <translation>{0} {1}, gemeinsam gespeichert oder gar nicht</translation>
    </message>
</context>
<context>
    <name>PreviewModel</name>
    <message>
        <source>Field</source>
        <translation>Feld</translation>
    </message>
    <message>
        <source>Now</source>
        <translation>Jetzt</translation>
    </message>
    <message>
        <source>Row</source>
        <translation>Zeile</translation>
    </message>
    <message>
        <source>Will be</source>
        <translation>Künftig</translation>
    </message>
    <message>
        <source>another one</source>
        <translation>ein anderer</translation>
    </message>
    <message>
        <source>new</source>
        <translation>neu</translation>
    </message>
    <message>
        <source>new {0}</source>
        <translation>neu: {0}</translation>
    </message>
</context>
<context>
    <name>ProgressMatrixModel</name>
    <message>
        <source>Lesson {0}: {1}</source>
        <translation>Lektion {0}: {1}</translation>
    </message>
    <message>
        <source>Reading how far students have come</source>
        <translation>Es wird gelesen, wer wie weit ist</translation>
    </message>
    <message>
        <source>begun</source>
        <translation>begonnen</translation>
    </message>
    <message>
        <source>completed</source>
        <translation>abgeschlossen</translation>
    </message>
    <message>
        <source>no longer enrolled</source>
        <translation>nicht mehr eingeschrieben</translation>
    </message>
    <message>
        <source>{0} of {1} lessons completed</source>
        <translation>{0} von {1} Lektionen abgeschlossen</translation>
    </message>
    <message>
        <source>{0}, lesson {1} {2}, begun, last on {3}</source>
        <translation>{0}, Lektion {1} {2}, begonnen, zuletzt am {3}</translation>
    </message>
    <message>
        <source>{0}, lesson {1} {2}, completed {3}</source>
        <translation>{0}, Lektion {1} {2}, abgeschlossen {3}</translation>
    </message>
    <message>
        <source>{0}, lesson {1} {2}, completed, nobody knows when</source>
        <translation>{0}, Lektion {1} {2}, abgeschlossen, niemand weiß wann</translation>
    </message>
    <message>
        <source>{0}, lesson {1} {2}, loading</source>
        <translation>{0}, Lektion {1} {2}, wird geladen</translation>
    </message>
    <message>
        <source>{0}, lesson {1} {2}, not begun</source>
        <translation>{0}, Lektion {1} {2}, nicht begonnen</translation>
    </message>
</context>
<context>
    <name>ProgressView</name>
    <message numerus="yes">
        <source>%n lesson(s)</source>
        <translation>
            <numerusform>%n Lektion</numerusform>
            <numerusform>%n Lektionen</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n student(s)</source>
        <translation>
            <numerusform>%n Teilnehmer</numerusform>
            <numerusform>%n Teilnehmer</numerusform>
        </translation>
    </message>
    <message>
        <source>By e-mail</source>
        <translation>Nach E-Mail</translation>
    </message>
    <message>
        <source>By name</source>
        <translation>Nach Name</translation>
    </message>
    <message>
        <source>Find a student</source>
        <translation>Teilnehmer suchen</translation>
    </message>
    <message>
        <source>Least completed first</source>
        <translation>Am wenigsten abgeschlossen zuerst</translation>
    </message>
    <message>
        <source>Most completed first</source>
        <translation>Am meisten abgeschlossen zuerst</translation>
    </message>
    <message>
        <source>Nobody is found</source>
        <translation>Niemand gefunden</translation>
    </message>
    <message>
        <source>Nobody takes this course yet</source>
        <translation>Noch nimmt niemand an diesem Kurs teil</translation>
    </message>
    <message>
        <source>Not finished</source>
        <translation>Nicht fertig</translation>
    </message>
    <message>
        <source>Only students who have not completed every lesson</source>
        <translation>Nur Teilnehmer, die nicht alle Lektionen abgeschlossen haben</translation>
    </message>
    <message>
        <source>Open the enrollment</source>
        <translation>Einschreibung öffnen</translation>
    </message>
    <message>
        <source>Open the lesson</source>
        <translation>Lektion öffnen</translation>
    </message>
    <message>
        <source>Open the progress record</source>
        <translation>Fortschritt öffnen</translation>
    </message>
    <message>
        <source>Order of the students</source>
        <translation>Reihenfolge der Teilnehmer</translation>
    </message>
    <message>
        <source>Progress is made lesson by lesson.</source>
        <translation>Fortschritt entsteht Lektion für Lektion.</translation>
    </message>
    <message>
        <source>Progress: students down, lessons across</source>
        <translation>Fortschritt: Teilnehmer untereinander, Lektionen nebeneinander</translation>
    </message>
    <message>
        <source>Reading how far students have come…</source>
        <translation>Es wird gelesen, wer wie weit ist…</translation>
    </message>
    <message>
        <source>Search for something else, or show all.</source>
        <translation>Suchen Sie etwas anderes, oder zeigen Sie alle.</translation>
    </message>
    <message>
        <source>There are no lessons yet</source>
        <translation>Es gibt noch keine Lektionen</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Noch einmal versuchen</translation>
    </message>
</context>
<context>
    <name>QuestionAnswers</name>
    <message>
        <source>Counting the answers</source>
        <translation>Die Antworten werden gezählt</translation>
    </message>
    <message>
        <source>False</source>
        <translation>Falsch</translation>
    </message>
    <message>
        <source>Regrade…</source>
        <translation>Neu bewerten…</translation>
    </message>
    <message>
        <source>True</source>
        <translation>Wahr</translation>
    </message>
</context>
<context>
    <name>QuestionCard</name>
    <message numerus="yes">
        <source>%n point(s)</source>
        <translation>
            <numerusform>%n Punkt</numerusform>
            <numerusform>%n Punkte</numerusform>
        </translation>
    </message>
    <message>
        <source>An essay is not marked by itself.</source>
        <translation>Ein Aufsatz wird nicht von selbst bewertet.</translation>
    </message>
    <message>
        <source>Answer to {0}</source>
        <translation>Antwort auf {0}</translation>
    </message>
    <message>
        <source>False</source>
        <translation>Falsch</translation>
    </message>
    <message>
        <source>Question {0} of {1}</source>
        <translation>Frage {0} von {1}</translation>
    </message>
    <message>
        <source>This question has no options to choose from.</source>
        <translation>Diese Frage hat keine Antwortmöglichkeiten zur Auswahl.</translation>
    </message>
    <message>
        <source>Tick all that are right.</source>
        <translation>Kreuzen Sie alle richtigen an.</translation>
    </message>
    <message>
        <source>True</source>
        <translation>Wahr</translation>
    </message>
    <message>
        <source>{0}. Option {1} of {2}</source>
        <translation>{0}. Antwortmöglichkeit {1} von {2}</translation>
    </message>
</context>
<context>
    <name>QuestionEditor</name>
    <message numerus="yes">
        <source>%n attempt(s) already answered this question: a change of the right answer will ask whether to regrade them.</source>
        <translation>
            <numerusform>%n Versuch hat diese Frage schon beantwortet: Wird die richtige Antwort geändert, werden Sie gefragt, ob er neu bewertet wird.</numerusform>
            <numerusform>%n Versuche haben diese Frage schon beantwortet: Wird die richtige Antwort geändert, werden Sie gefragt, ob sie neu bewertet werden.</numerusform>
        </translation>
    </message>
    <message>
        <source>Count the answers</source>
        <translation>Antworten zählen</translation>
    </message>
    <message>
        <source>How students answered</source>
        <translation>Wie Teilnehmer geantwortet haben</translation>
    </message>
</context>
<context>
    <name>QuestionFields</name>
    <message>
        <source>False</source>
        <translation>Falsch</translation>
    </message>
    <message>
        <source>True</source>
        <translation>Wahr</translation>
    </message>
</context>
<context>
    <name>QuestionHeader</name>
    <message numerus="yes">
        <source>%n point(s)</source>
        <translation>
            <numerusform>%n Punkt</numerusform>
            <numerusform>%n Punkte</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n question(s)</source>
        <translation>
            <numerusform>%n Frage</numerusform>
            <numerusform>%n Fragen</numerusform>
        </translation>
    </message>
    <message>
        <source>Add question</source>
        <translation>Frage hinzufügen</translation>
    </message>
    <message>
        <source>Delete question…</source>
        <translation>Frage löschen…</translation>
    </message>
    <message>
        <source>Duplicate</source>
        <translation>Duplizieren</translation>
    </message>
    <message>
        <source>Export to a file…</source>
        <translation>In eine Datei exportieren…</translation>
    </message>
    <message>
        <source>Import from a file…</source>
        <translation>Aus einer Datei importieren…</translation>
    </message>
    <message>
        <source>More actions</source>
        <translation>Weitere Aktionen</translation>
    </message>
    <message>
        <source>New question</source>
        <translation>Neue Frage</translation>
    </message>
    <message>
        <source>Next question</source>
        <translation>Nächste Frage</translation>
    </message>
    <message>
        <source>Paste many…</source>
        <translation>Viele einfügen…</translation>
    </message>
    <message>
        <source>Previous question</source>
        <translation>Vorige Frage</translation>
    </message>
    <message>
        <source>Question {0} of {1}</source>
        <translation>Frage {0} von {1}</translation>
    </message>
</context>
<context>
    <name>QuestionsPage</name>
    <message>
        <source>Regrade…</source>
        <translation>Neu bewerten…</translation>
    </message>
</context>
<context>
    <name>QuestionsPart</name>
    <message>
        <source>Add question</source>
        <translation>Frage hinzufügen</translation>
    </message>
    <message>
        <source>Add the first one, or paste many at once.</source>
        <translation>Fügen Sie die erste hinzu, oder gleich viele auf einmal.</translation>
    </message>
    <message>
        <source>Add the first one: it is saved together with the quiz.</source>
        <translation>Fügen Sie die erste hinzu: Sie wird zusammen mit dem Quiz gespeichert.</translation>
    </message>
    <message>
        <source>Alt with up or down moves what is chosen, the menu key has more.</source>
        <translation>Alt mit Auf oder Ab verschiebt das Gewählte, die Menütaste hat mehr.</translation>
    </message>
    <message>
        <source>Questions of the quiz</source>
        <translation>Fragen des Quiz</translation>
    </message>
    <message>
        <source>This quiz has no questions yet.</source>
        <translation>Dieses Quiz hat noch keine Fragen.</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Noch einmal versuchen</translation>
    </message>
</context>
<context>
    <name>QuickSearch</name>
    <message>
        <source>All on the page {0}…</source>
        <translation>Alle auf der Seite {0}…</translation>
    </message>
    <message>
        <source>Found everywhere</source>
        <translation>Überall gefunden</translation>
    </message>
    <message>
        <source>Nothing found for “{0}”</source>
        <translation>Zu „{0}“ ist nichts gefunden</translation>
    </message>
    <message>
        <source>Search people, courses, pages…</source>
        <translation>Personen, Kurse, Seiten suchen…</translation>
    </message>
    <message>
        <source>Searching…</source>
        <translation>Wird gesucht…</translation>
    </message>
    <message>
        <source>action</source>
        <translation>Aktion</translation>
    </message>
    <message>
        <source>open course</source>
        <translation>Kurs öffnen</translation>
    </message>
    <message>
        <source>page</source>
        <translation>Seite</translation>
    </message>
</context>
<context>
    <name>QuizEditor</name>
    <message numerus="yes">
        <source>%n minute(s)</source>
        <translation>
            <numerusform>%n Minute</numerusform>
            <numerusform>%n Minuten</numerusform>
        </translation>
    </message>
    <message>
        <source>Questions</source>
        <translation>Fragen</translation>
    </message>
    <message>
        <source>Quiz after lesson {0}</source>
        <translation>Quiz nach Lektion {0}</translation>
    </message>
    <message>
        <source>Quiz of a lesson</source>
        <translation>Quiz einer Lektion</translation>
    </message>
    <message>
        <source>Quiz of no course</source>
        <translation>Quiz keines Kurses</translation>
    </message>
    <message>
        <source>Quiz of the course</source>
        <translation>Quiz des Kurses</translation>
    </message>
    <message>
        <source>Results</source>
        <translation>Ergebnisse</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>Einstellungen</translation>
    </message>
    <message>
        <source>draft</source>
        <translation>Entwurf</translation>
    </message>
    <message>
        <source>no time limit</source>
        <translation>ohne Zeitlimit</translation>
    </message>
    <message>
        <source>pass at {0} %</source>
        <translation>bestanden ab {0} %</translation>
    </message>
    <message>
        <source>shuffled</source>
        <translation>gemischt</translation>
    </message>
</context>
<context>
    <name>QuizOutcome</name>
    <message numerus="yes">
        <source>%n question(s) are not marked by themselves and do not count here.</source>
        <translation>
            <numerusform>%n Frage wird nicht von selbst bewertet und zählt hier nicht.</numerusform>
            <numerusform>%n Fragen werden nicht von selbst bewertet und zählen hier nicht.</numerusform>
        </translation>
    </message>
    <message>
        <source>Not passed</source>
        <translation>Nicht bestanden</translation>
    </message>
    <message>
        <source>Nothing of this preview is kept.</source>
        <translation>Von dieser Vorschau wird nichts aufbewahrt.</translation>
    </message>
    <message>
        <source>Passed</source>
        <translation>Bestanden</translation>
    </message>
    <message>
        <source>The time is up: what was answered by then counts.</source>
        <translation>Die Zeit ist um: Was bis dahin beantwortet war, zählt.</translation>
    </message>
    <message>
        <source>There is no score: nothing in this quiz is marked by itself.</source>
        <translation>Es gibt keine Wertung: Nichts in diesem Quiz wird von selbst bewertet.</translation>
    </message>
    <message>
        <source>{0} %</source>
        <translation>{0} %</translation>
    </message>
    <message>
        <source>{0}: {1} of the points, {2} of {3}. The pass mark is {4}.</source>
        <translation>{0}: {1} der Punkte, {2} von {3}. Die Bestehensgrenze ist {4}.</translation>
    </message>
</context>
<context>
    <name>RecordForm</name>
    <message>
        <source>Nothing is selected</source>
        <translation>Nichts ist ausgewählt</translation>
    </message>
    <message>
        <source>Reading the record…</source>
        <translation>Der Eintrag wird gelesen…</translation>
    </message>
    <message>
        <source>Select a row to see the {0} here.</source>
        <translation>Wählen Sie eine Zeile aus, um sie hier zu sehen.</translation>
    </message>
    <message>
        <source>This cannot be found: it was deleted, or it is not yours to see.</source>
        <translation>Dies ist nicht zu finden: Es wurde gelöscht, oder Sie dürfen es nicht sehen.</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Noch einmal versuchen</translation>
    </message>
    <message>
        <source>Without a name</source>
        <translation>Ohne Namen</translation>
    </message>
</context>
<context>
    <name>RecordHeader</name>
    <message>
        <source>Arrows choose a column, Space sorts by it</source>
        <translation>Pfeile wählen eine Spalte, Leertaste sortiert danach</translation>
    </message>
    <message>
        <source>Columns</source>
        <translation>Spalten</translation>
    </message>
</context>
<context>
    <name>RecordHistory</name>
    <message>
        <source>Nothing was done to it here yet.</source>
        <translation>Daran wurde hier noch nichts getan.</translation>
    </message>
    <message>
        <source>Reading the history</source>
        <translation>Der Verlauf wird gelesen</translation>
    </message>
    <message>
        <source>Reading the history…</source>
        <translation>Der Verlauf wird gelesen…</translation>
    </message>
    <message>
        <source>Show in the history</source>
        <translation>Im Verlauf zeigen</translation>
    </message>
    <message>
        <source>Show more</source>
        <translation>Mehr zeigen</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Noch einmal versuchen</translation>
    </message>
    <message>
        <source>What other programs write is not listed.</source>
        <translation>Was andere Programme schreiben, ist nicht aufgeführt.</translation>
    </message>
    <message>
        <source>You have not changed it yet.</source>
        <translation>Sie haben es noch nicht geändert.</translation>
    </message>
</context>
<context>
    <name>RecordTable</name>
    <message>
        <source>No</source>
        <translation>Nein</translation>
    </message>
    <message>
        <source>Yes</source>
        <translation>Ja</translation>
    </message>
    <message>
        <source>empty</source>
        <translation>leer</translation>
    </message>
</context>
<context>
    <name>RefValues</name>
    <message>
        <source>Click to take it out</source>
        <translation>Klicken nimmt es heraus</translation>
    </message>
    <message>
        <source>Found</source>
        <translation>Gefunden</translation>
    </message>
    <message>
        <source>Looking…</source>
        <translation>Wird gesucht…</translation>
    </message>
    <message>
        <source>Nothing found for “{0}”.</source>
        <translation>Zu „{0}“ ist nichts gefunden.</translation>
    </message>
    <message>
        <source>Picked</source>
        <translation>Ausgewählt</translation>
    </message>
    <message>
        <source>These are the first {0}. Type more to find others.</source>
        <translation>Dies sind die ersten {0}. Tippen Sie mehr, um andere zu finden.</translation>
    </message>
    <message>
        <source>Type to find…</source>
        <translation>Zum Suchen tippen…</translation>
    </message>
</context>
<context>
    <name>ReferenceEditor</name>
    <message>
        <source>Choose one from the list.</source>
        <translation>Wählen Sie aus der Liste.</translation>
    </message>
    <message>
        <source>Nothing is found for “{0}”.</source>
        <translation>Zu „{0}“ ist nichts gefunden.</translation>
    </message>
    <message>
        <source>Searching…</source>
        <translation>Wird gesucht…</translation>
    </message>
    <message>
        <source>Show the list (Down)</source>
        <translation>Liste zeigen (Ab)</translation>
    </message>
    <message>
        <source>There is nothing to choose from yet.</source>
        <translation>Es gibt noch nichts zur Auswahl.</translation>
    </message>
    <message>
        <source>Type to find…</source>
        <translation>Zum Suchen tippen…</translation>
    </message>
</context>
<context>
    <name>RegradeDialog</name>
    <message numerus="yes">
        <source>%n in which nothing gives points</source>
        <translation>
            <numerusform>%n, in dem nichts Punkte gibt</numerusform>
            <numerusform>%n, in denen nichts Punkte gibt</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n result(s) change, of which {0} now pass and {1} no longer do. Unchanged: {2}.</source>
        <translation>
            <numerusform>%n Ergebnis ändert sich; davon jetzt bestanden: {0}, nicht mehr: {1}. Unverändert: {2}.</numerusform>
            <numerusform>%n Ergebnisse ändern sich; {0} davon sind jetzt bestanden, {1} nicht mehr. Unverändert: {2}.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n still under way</source>
        <translation>
            <numerusform>%n noch im Gang</numerusform>
            <numerusform>%n noch im Gang</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n whose answers are kept by place</source>
        <translation>
            <numerusform>%n mit Antworten nach Position</numerusform>
            <numerusform>%n mit Antworten nach Position</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n whose answers cannot be read</source>
        <translation>
            <numerusform>%n mit unlesbaren Antworten</numerusform>
            <numerusform>%n mit unlesbaren Antworten</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n with what only a person can mark</source>
        <translation>
            <numerusform>%n mit etwas, das nur ein Mensch bewerten kann</numerusform>
            <numerusform>%n mit etwas, das nur ein Mensch bewerten kann</numerusform>
        </translation>
    </message>
    <message>
        <source>Apply</source>
        <translation>Anwenden</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Cancelled. Nothing was changed.</source>
        <translation>Abgebrochen. Es wurde nichts geändert.</translation>
    </message>
    <message numerus="yes">
        <source>Change %n result(s)</source>
        <translation>
            <numerusform>%n Ergebnis ändern</numerusform>
            <numerusform>%n Ergebnisse ändern</numerusform>
        </translation>
    </message>
    <message>
        <source>Finding out whose result changes</source>
        <translation>Es wird nachgesehen, wessen Ergebnis sich ändert</translation>
    </message>
    <message>
        <source>Finding out whose result changes…</source>
        <translation>Es wird nachgesehen, wessen Ergebnis sich ändert…</translation>
    </message>
    <message>
        <source>It is right only where no question was moved or deleted since they were written.</source>
        <translation>Das stimmt nur, wenn keine Frage verschoben oder gelöscht wurde, seit sie geschrieben wurden.</translation>
    </message>
    <message>
        <source>Left as they are: {0}.</source>
        <translation>Bleiben, wie sie sind: {0}.</translation>
    </message>
    <message>
        <source>Mark those too whose answers are kept by place</source>
        <translation>Auch die bewerten, deren Antworten nach Position aufbewahrt sind</translation>
    </message>
    <message>
        <source>Mark those too, leaving out what only a person can mark</source>
        <translation>Auch die bewerten, aber ohne das, was nur ein Mensch bewerten kann</translation>
    </message>
    <message>
        <source>No result changes.</source>
        <translation>Kein Ergebnis ändert sich.</translation>
    </message>
    <message>
        <source>Nobody has taken this quiz yet.</source>
        <translation>Noch hat niemand dieses Quiz bearbeitet.</translation>
    </message>
    <message>
        <source>Points that were given by hand are lost: they stand nowhere but in the score.</source>
        <translation>Punkte, die von Hand gegeben wurden, gehen verloren: Sie stehen nirgends als in der Wertung.</translation>
    </message>
    <message>
        <source>Regrade</source>
        <translation>Neu bewerten</translation>
    </message>
    <message>
        <source>Regrade “{0}”</source>
        <translation>„{0}“ neu bewerten</translation>
    </message>
    <message>
        <source>Regrading “{0}”</source>
        <translation>„{0}“ wird neu bewertet</translation>
    </message>
    <message>
        <source>Results that change</source>
        <translation>Ergebnisse, die sich ändern</translation>
    </message>
    <message>
        <source>Scores are percentages of points.</source>
        <translation>Wertungen sind Prozent der Punkte.</translation>
    </message>
    <message>
        <source>Writing the results…</source>
        <translation>Die Ergebnisse werden geschrieben…</translation>
    </message>
    <message>
        <source>{0} of {1} attempts looked at</source>
        <translation>{0} von {1} Versuchen angesehen</translation>
    </message>
</context>
<context>
    <name>RegradesModel</name>
    <message>
        <source>New result</source>
        <translation>Neues Ergebnis</translation>
    </message>
    <message>
        <source>New score</source>
        <translation>Neue Wertung</translation>
    </message>
    <message>
        <source>Not passed</source>
        <translation>Nicht bestanden</translation>
    </message>
    <message>
        <source>Passed</source>
        <translation>Bestanden</translation>
    </message>
    <message>
        <source>Result</source>
        <translation>Ergebnis</translation>
    </message>
    <message>
        <source>Score</source>
        <translation>Wertung</translation>
    </message>
    <message>
        <source>Student</source>
        <translation>Teilnehmer</translation>
    </message>
    <message>
        <source>The percentage of points</source>
        <translation>Erreichte Punkte in Prozent</translation>
    </message>
</context>
<context>
    <name>RehearseDialog</name>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Everything is run for real and measured, and then all of it is taken back.</source>
        <translation>Alles wird wirklich ausgeführt und gemessen und dann ganz zurückgenommen.</translation>
    </message>
    <message>
        <source>On a copy of the database</source>
        <translation>Auf einer Kopie der Datenbank</translation>
    </message>
    <message>
        <source>On this database</source>
        <translation>Auf dieser Datenbank</translation>
    </message>
    <message>
        <source>Rehearse</source>
        <translation>Proben</translation>
    </message>
    <message>
        <source>Rehearse {0}</source>
        <translation>{0} proben</translation>
    </message>
    <message>
        <source>Time limit in seconds</source>
        <translation>Zeitlimit in Sekunden</translation>
    </message>
    <message>
        <source>What commits in its midst can be rehearsed only on a copy.</source>
        <translation>Was mittendrin festschreibt, kann nur auf einer Kopie geprobt werden.</translation>
    </message>
</context>
<context>
    <name>RelatedList</name>
    <message>
        <source>No {0} here yet.</source>
        <translation>Hier gibt es noch keine {0}.</translation>
    </message>
    <message>
        <source>Open course</source>
        <translation>Kurs öffnen</translation>
    </message>
    <message>
        <source>Reading {0}…</source>
        <translation>{0} werden gelesen…</translation>
    </message>
    <message>
        <source>Show all</source>
        <translation>Alle zeigen</translation>
    </message>
    <message>
        <source>Show all on the page {0}</source>
        <translation>Alle auf der Seite {0} zeigen</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Noch einmal versuchen</translation>
    </message>
</context>
<context>
    <name>ResultsExport</name>
    <message>
        <source>CSV files (*.csv)</source>
        <translation>CSV-Dateien (*.csv)</translation>
    </message>
    <message>
        <source>Cancelled. Nothing was written.</source>
        <translation>Abgebrochen. Es wurde nichts geschrieben.</translation>
    </message>
    <message>
        <source>Export results</source>
        <translation>Ergebnisse exportieren</translation>
    </message>
    <message>
        <source>Reading the attempts</source>
        <translation>Die Versuche werden gelesen</translation>
    </message>
    <message>
        <source>Writing the file</source>
        <translation>Die Datei wird geschrieben</translation>
    </message>
    <message>
        <source>Written to {0}.</source>
        <translation>In {0} geschrieben.</translation>
    </message>
</context>
<context>
    <name>ResultsOverview</name>
    <message>
        <source>As a picture</source>
        <translation>Als Bild</translation>
    </message>
    <message>
        <source>As a table</source>
        <translation>Als Tabelle</translation>
    </message>
    <message>
        <source>Attempts appear here as students begin them on the web.</source>
        <translation>Versuche erscheinen hier, sobald Teilnehmer sie im Web beginnen.</translation>
    </message>
    <message>
        <source>How hard the questions are</source>
        <translation>Wie schwer die Fragen sind</translation>
    </message>
    <message>
        <source>Nobody has taken this quiz yet.</source>
        <translation>Noch hat niemand dieses Quiz bearbeitet.</translation>
    </message>
    <message>
        <source>Questions</source>
        <translation>Fragen</translation>
    </message>
    <message>
        <source>Scores</source>
        <translation>Wertungen</translation>
    </message>
    <message>
        <source>Scores are percentages of points.</source>
        <translation>Wertungen sind Prozent der Punkte.</translation>
    </message>
    <message>
        <source>Something has changed since</source>
        <translation>Seither hat sich etwas geändert</translation>
    </message>
    <message>
        <source>Spread of the scores</source>
        <translation>Verteilung der Wertungen</translation>
    </message>
    <message>
        <source>Work out again</source>
        <translation>Neu berechnen</translation>
    </message>
    <message numerus="yes">
        <source>Worked out from %n attempt(s) that ended</source>
        <translation>
            <numerusform>Berechnet aus %n beendetem Versuch</numerusform>
            <numerusform>Berechnet aus %n beendeten Versuchen</numerusform>
        </translation>
    </message>
    <message>
        <source>{0} of {1} attempts looked at…</source>
        <translation>{0} von {1} Versuchen angesehen…</translation>
    </message>
</context>
<context>
    <name>ResultsPage</name>
    <message>
        <source>No quiz is chosen.</source>
        <translation>Es ist kein Quiz gewählt.</translation>
    </message>
    <message>
        <source>Preview as a student</source>
        <translation>Vorschau als Teilnehmer</translation>
    </message>
    <message>
        <source>Results</source>
        <translation>Ergebnisse</translation>
    </message>
    <message>
        <source>Results of {0}</source>
        <translation>Ergebnisse von {0}</translation>
    </message>
    <message>
        <source>Show quizzes</source>
        <translation>Quizze zeigen</translation>
    </message>
</context>
<context>
    <name>ResultsView</name>
    <message numerus="yes">
        <source>%n attempt(s)</source>
        <translation>
            <numerusform>%n Versuch</numerusform>
            <numerusform>%n Versuche</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n under way</source>
        <translation>
            <numerusform>%n läuft</numerusform>
            <numerusform>%n laufen</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n without a score</source>
        <translation>
            <numerusform>%n ohne Wertung</numerusform>
            <numerusform>%n ohne Wertung</numerusform>
        </translation>
    </message>
    <message>
        <source>Attempts</source>
        <translation>Versuche</translation>
    </message>
    <message>
        <source>Export…</source>
        <translation>Exportieren…</translation>
    </message>
    <message>
        <source>Looking at the answers</source>
        <translation>Die Antworten werden angesehen</translation>
    </message>
    <message>
        <source>Looking at the answers…</source>
        <translation>Die Antworten werden angesehen…</translation>
    </message>
    <message>
        <source>Overview</source>
        <translation>Überblick</translation>
    </message>
    <message>
        <source>Reading the attempts…</source>
        <translation>Die Versuche werden gelesen…</translation>
    </message>
    <message>
        <source>Reading the results…</source>
        <translation>Die Ergebnisse werden gelesen…</translation>
    </message>
    <message>
        <source>Regrade…</source>
        <translation>Neu bewerten…</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Noch einmal versuchen</translation>
    </message>
    <message>
        <source>median {0} % of the points</source>
        <translation>Median {0} % der Punkte</translation>
    </message>
    <message>
        <source>usually {0} min</source>
        <translation>meist {0} Min.</translation>
    </message>
    <message>
        <source>{0} % passed</source>
        <translation>{0} % bestanden</translation>
    </message>
</context>
<context>
    <name>RevertDialog</name>
    <message numerus="yes">
        <source>%n row(s) are no longer as it left them.</source>
        <translation>
            <numerusform>%n Zeile ist nicht mehr so, wie sie hinterlassen wurde.</numerusform>
            <numerusform>%n Zeilen sind nicht mehr so, wie sie hinterlassen wurden.</numerusform>
        </translation>
    </message>
    <message>
        <source>Comes back</source>
        <translation>Kommt zurück</translation>
    </message>
    <message>
        <source>Goes again</source>
        <translation>Verschwindet wieder</translation>
    </message>
    <message>
        <source>Is changed back</source>
        <translation>Wird zurückgeändert</translation>
    </message>
    <message>
        <source>Leave everything as it is</source>
        <translation>Alles lassen, wie es ist</translation>
    </message>
    <message>
        <source>Leave it</source>
        <translation>So lassen</translation>
    </message>
    <message>
        <source>Nothing is left of it to take back.</source>
        <translation>Davon ist nichts mehr zurückzunehmen.</translation>
    </message>
    <message>
        <source>Nothing was changed.</source>
        <translation>Es wurde nichts geändert.</translation>
    </message>
    <message>
        <source>Take back</source>
        <translation>Zurücknehmen</translation>
    </message>
    <message numerus="yes">
        <source>Take back the other %n row(s)</source>
        <translation>
            <numerusform>Die andere Zeile zurücknehmen (%n)</numerusform>
            <numerusform>Die anderen %n Zeilen zurücknehmen</numerusform>
        </translation>
    </message>
    <message>
        <source>Take back “{0}”?</source>
        <translation>„{0}“ zurücknehmen?</translation>
    </message>
    <message>
        <source>This is saved as a change of its own, and can be taken back too.</source>
        <translation>Das wird als eigene Änderung gespeichert und lässt sich auch zurücknehmen.</translation>
    </message>
    <message>
        <source>What stands in the way</source>
        <translation>Was im Weg steht</translation>
    </message>
    <message numerus="yes">
        <source>and %n more row(s)</source>
        <translation>
            <numerusform>und %n weitere Zeile</numerusform>
            <numerusform>und %n weitere Zeilen</numerusform>
        </translation>
    </message>
    <message>
        <source>“{0}” cannot be taken back</source>
        <translation>„{0}“ kann nicht zurückgenommen werden</translation>
    </message>
    <message>
        <source>“{0}” cannot be taken back as a whole</source>
        <translation>„{0}“ kann nicht als Ganzes zurückgenommen werden</translation>
    </message>
</context>
<context>
    <name>Reverter</name>
    <message>
        <source>Cancelled. Nothing was changed.</source>
        <translation>Abgebrochen. Es wurde nichts geändert.</translation>
    </message>
    <message>
        <source>Looking at what stands in the way</source>
        <translation>Es wird angesehen, was im Weg steht</translation>
    </message>
    <message>
        <source>Looking at what taking it back would change</source>
        <translation>Es wird angesehen, was das Zurücknehmen ändern würde</translation>
    </message>
    <message>
        <source>Nothing was changed.</source>
        <translation>Es wurde nichts geändert.</translation>
    </message>
    <message>
        <source>Something else is being done just now. One after the other.</source>
        <translation>Gerade läuft etwas anderes. Eines nach dem anderen.</translation>
    </message>
    <message>
        <source>Taking back “{0}”</source>
        <translation>„{0}“ wird zurückgenommen</translation>
    </message>
    <message>
        <source>“{0}” was taken back already.</source>
        <translation>„{0}“ wurde bereits zurückgenommen.</translation>
    </message>
</context>
<context>
    <name>RevisionDetail</name>
    <message>
        <source>A rehearsal runs everything for real, measures it, and takes it back.</source>
        <translation>Eine Probe führt alles wirklich aus, misst es und nimmt es zurück.</translation>
    </message>
    <message>
        <source>Applied on {0} by {1}, as {2}.</source>
        <translation>Angewendet am {0} von {1}, als {2}.</translation>
    </message>
    <message>
        <source>It is applied; when and by whom is not on record.</source>
        <translation>Sie ist angewendet; wann und von wem, ist nicht verzeichnet.</translation>
    </message>
    <message>
        <source>Its SQL depends on the database; a rehearsal shows it.</source>
        <translation>Ihr SQL hängt von der Datenbank ab; eine Probe zeigt es.</translation>
    </message>
    <message>
        <source>Not rehearsed yet.</source>
        <translation>Noch nicht geprobt.</translation>
    </message>
    <message>
        <source>Nothing was applied yet.</source>
        <translation>Es ist noch nichts angewendet.</translation>
    </message>
    <message>
        <source>Parts of the revision</source>
        <translation>Teile der Revision</translation>
    </message>
    <message>
        <source>Plan</source>
        <translation>Plan</translation>
    </message>
    <message>
        <source>Put on record on {0} by {1}, as {2}.</source>
        <translation>Eingetragen am {0} von {1}, als {2}.</translation>
    </message>
    <message>
        <source>Reading…</source>
        <translation>Wird gelesen…</translation>
    </message>
    <message>
        <source>Rehearsal</source>
        <translation>Probe</translation>
    </message>
    <message>
        <source>Rehearse…</source>
        <translation>Proben…</translation>
    </message>
    <message>
        <source>SQL</source>
        <translation>SQL</translation>
    </message>
    <message>
        <source>This application does not know this revision.</source>
        <translation>Diese Anwendung kennt diese Revision nicht.</translation>
    </message>
    <message>
        <source>What a rollback loses</source>
        <translation>Was ein Zurückrollen verliert</translation>
    </message>
</context>
<context>
    <name>RevisionList</name>
    <message>
        <source>Revisions</source>
        <translation>Revisionen</translation>
    </message>
</context>
<context>
    <name>RevisionRow</name>
    <message>
        <source>applied</source>
        <translation>angewendet</translation>
    </message>
    <message>
        <source>pending</source>
        <translation>ausstehend</translation>
    </message>
    <message>
        <source>running</source>
        <translation>läuft</translation>
    </message>
</context>
<context>
    <name>RevisionsModel</name>
    <message>
        <source>applied</source>
        <translation>angewendet</translation>
    </message>
    <message>
        <source>pending</source>
        <translation>ausstehend</translation>
    </message>
    <message>
        <source>unknown</source>
        <translation>unbekannt</translation>
    </message>
</context>
<context>
    <name>RollbackDialog</name>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>First the database is saved to {0}.</source>
        <translation>Zuerst wird die Datenbank in {0} gesichert.</translation>
    </message>
    <message>
        <source>Lost for good</source>
        <translation>Endgültig verloren</translation>
    </message>
    <message>
        <source>No data goes: what is undone holds none.</source>
        <translation>Es verschwinden keine Daten: Was rückgängig gemacht wird, enthält keine.</translation>
    </message>
    <message>
        <source>Nothing is left but an empty database. Nobody can sign in to it before it is set up anew.</source>
        <translation>Es bleibt nur eine leere Datenbank. Niemand kann sich anmelden, bevor sie neu eingerichtet ist.</translation>
    </message>
    <message>
        <source>Roll back</source>
        <translation>Zurückrollen</translation>
    </message>
    <message numerus="yes">
        <source>Roll back %n revision(s) of {0}?</source>
        <translation>
            <numerusform>%n Revision von {0} zurückrollen?</numerusform>
            <numerusform>%n Revisionen von {0} zurückrollen?</numerusform>
        </translation>
    </message>
    <message>
        <source>Roll back {0}</source>
        <translation>{0} zurückrollen</translation>
    </message>
    <message>
        <source>The database is not saved first.</source>
        <translation>Die Datenbank wird vorher nicht gesichert.</translation>
    </message>
    <message>
        <source>This application needs the newest revision. Until it is applied again, only this page works here, and nobody else can work with this application; the web application may fail as well.</source>
        <translation>Diese Anwendung braucht die neueste Revision. Bis sie wieder angewendet ist, geht hier nur diese Seite, und niemand sonst kann mit dieser Anwendung arbeiten; auch die Webanwendung kann ausfallen.</translation>
    </message>
    <message>
        <source>Type the database&apos;s name, {0}, to go on</source>
        <translation>Geben Sie den Namen der Datenbank ein, {0}, um weiterzumachen</translation>
    </message>
    <message>
        <source>Without the change log nothing that is done here can be taken back any more.</source>
        <translation>Ohne das Änderungsprotokoll kann nichts mehr zurückgenommen werden, was hier getan wird.</translation>
    </message>
</context>
<context>
    <name>RowActions</name>
    <message>
        <source>Copy</source>
        <translation>Kopieren</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>Löschen</translation>
    </message>
    <message>
        <source>No filter shows these rows alone.</source>
        <translation>Kein Filter zeigt nur diese Zeilen.</translation>
    </message>
    <message>
        <source>Show only these</source>
        <translation>Nur diese zeigen</translation>
    </message>
</context>
<context>
    <name>RowWords</name>
    <message>
        <source>1 row</source>
        <translation>1 Zeile</translation>
    </message>
    <message>
        <source>Row {0} of {1}</source>
        <translation>Zeile {0} von {1}</translation>
    </message>
    <message>
        <source>Rows {0} to {1} of {2}</source>
        <translation>Zeilen {0} bis {1} von {2}</translation>
    </message>
    <message>
        <source>Sorted by {0}, {1}</source>
        <translation>Sortiert nach {0}, {1}</translation>
    </message>
    <message>
        <source>ascending</source>
        <translation>aufsteigend</translation>
    </message>
    <message>
        <source>descending</source>
        <translation>absteigend</translation>
    </message>
    <message>
        <source>then by {0}</source>
        <translation>dann nach {0}</translation>
    </message>
    <message>
        <source>{0} rows</source>
        <translation>{0} Zeilen</translation>
    </message>
    <message>
        <source>{0} selected</source>
        <translation>{0} ausgewählt</translation>
    </message>
</context>
<context>
    <name>RunView</name>
    <message numerus="yes">
        <source>%n revision(s) applied.</source>
        <translation>
            <numerusform>%n Revision angewendet.</numerusform>
            <numerusform>%n Revisionen angewendet.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n revision(s) rolled back.</source>
        <translation>
            <numerusform>%n Revision zurückgerollt.</numerusform>
            <numerusform>%n Revisionen zurückgerollt.</numerusform>
        </translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Cancel: {0}</source>
        <translation>Abbrechen: {0}</translation>
    </message>
    <message>
        <source>Copy details</source>
        <translation>Einzelheiten kopieren</translation>
    </message>
    <message>
        <source>Done in {0}.</source>
        <translation>Fertig in {0}.</translation>
    </message>
    <message>
        <source>Give up</source>
        <translation>Aufgeben</translation>
    </message>
    <message>
        <source>Log</source>
        <translation>Protokoll</translation>
    </message>
    <message>
        <source>Log of the run</source>
        <translation>Protokoll des Laufs</translation>
    </message>
    <message>
        <source>Not rehearsed, for it commits in its midst: {0}.</source>
        <translation>Nicht geprobt, denn sie schreibt mittendrin fest: {0}.</translation>
    </message>
    <message>
        <source>Statement {0} of {1}: {2}</source>
        <translation>Anweisung {0} von {1}: {2}</translation>
    </message>
    <message>
        <source>Statement {0}: {1}</source>
        <translation>Anweisung {0}: {1}</translation>
    </message>
    <message>
        <source>Statements of the run</source>
        <translation>Anweisungen des Laufs</translation>
    </message>
    <message>
        <source>Stopping; what is not committed is rolled back…</source>
        <translation>Wird angehalten; was nicht festgeschrieben ist, wird zurückgerollt…</translation>
    </message>
    <message>
        <source>The database as it was before is in {0}.</source>
        <translation>Die Datenbank, wie sie vorher war, ist in {0}.</translation>
    </message>
    <message>
        <source>The table could not be locked in {0} tries: it is held by {1}. Nothing is held by us.</source>
        <translation>Die Tabelle war in {0} Versuchen nicht zu bekommen: Sie ist belegt, von {1}. Von uns ist nichts belegt.</translation>
    </message>
    <message>
        <source>Wait</source>
        <translation>Warten</translation>
    </message>
    <message>
        <source>{0} ({1} of {2})</source>
        <translation>{0} ({1} von {2})</translation>
    </message>
    <message>
        <source>{0} rehearsed in {1} on a copy with {2} rows.</source>
        <translation>{0} in {1} auf einer Kopie mit {2} Zeilen geprobt.</translation>
    </message>
    <message>
        <source>{0} rehearsed in {1} on this database with {2} rows.</source>
        <translation>{0} in {1} auf dieser Datenbank mit {2} Zeilen geprobt.</translation>
    </message>
</context>
<context>
    <name>Safety</name>
    <message>
        <source>Beforehand</source>
        <translation>Vorher</translation>
    </message>
</context>
<context>
    <name>Saving</name>
    <message>
        <source>Comparing</source>
        <translation>Wird verglichen</translation>
    </message>
    <message>
        <source>Discard</source>
        <translation>Verwerfen</translation>
    </message>
    <message numerus="yes">
        <source>Discard %n unsaved change(s)?</source>
        <translation>
            <numerusform>%n ungespeicherte Änderung verwerfen?</numerusform>
            <numerusform>%n ungespeicherte Änderungen verwerfen?</numerusform>
        </translation>
    </message>
    <message>
        <source>Look it up now</source>
        <translation>Jetzt nachsehen</translation>
    </message>
    <message>
        <source>Nothing was overwritten.</source>
        <translation>Es wurde nichts überschrieben.</translation>
    </message>
    <message>
        <source>Save again</source>
        <translation>Noch einmal speichern</translation>
    </message>
    <message>
        <source>Saving</source>
        <translation>Wird gespeichert</translation>
    </message>
    <message>
        <source>Show it</source>
        <translation>Zeigen</translation>
    </message>
    <message>
        <source>Show the {0} that is there</source>
        <translation>Das Vorhandene zeigen: {0}</translation>
    </message>
    <message>
        <source>Show what changed</source>
        <translation>Zeigen, was geändert wurde</translation>
    </message>
    <message>
        <source>The connection is back. Nothing was saved yet.</source>
        <translation>Die Verbindung ist wieder da. Es wurde noch nichts gespeichert.</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Noch einmal versuchen</translation>
    </message>
    <message>
        <source>What was typed and not saved is gone then.</source>
        <translation>Was eingegeben und nicht gespeichert wurde, ist dann weg.</translation>
    </message>
</context>
<context>
    <name>SchemaState</name>
    <message>
        <source>Looking at the schema</source>
        <translation>Das Schema wird angesehen</translation>
    </message>
</context>
<context>
    <name>SchemaWatch</name>
    <message>
        <source>An administrator has taken the database back to {0}, with which this application cannot work.</source>
        <translation>Ein Administrator hat die Datenbank auf {0} zurückgesetzt; damit kann diese Anwendung nicht arbeiten.</translation>
    </message>
    <message>
        <source>Go to the start</source>
        <translation>Zum Anfang</translation>
    </message>
    <message>
        <source>The tables that this application works with are gone.</source>
        <translation>Die Tabellen, mit denen diese Anwendung arbeitet, sind weg.</translation>
    </message>
    <message>
        <source>You cannot go on working here</source>
        <translation>Sie können hier nicht weiterarbeiten</translation>
    </message>
</context>
<context>
    <name>ScorePicture</name>
    <message>
        <source>Pass mark {0} %</source>
        <translation>Bestehensgrenze {0} %</translation>
    </message>
    <message>
        <source>Scores: {0}.</source>
        <translation>Wertungen: {0}.</translation>
    </message>
    <message>
        <source>Spread of the scores</source>
        <translation>Verteilung der Wertungen</translation>
    </message>
    <message>
        <source>The pass mark is {0} %.</source>
        <translation>Die Bestehensgrenze ist {0} %.</translation>
    </message>
    <message>
        <source>There is no score yet.</source>
        <translation>Es gibt noch keine Wertung.</translation>
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
        <translation>Suche leeren</translation>
    </message>
</context>
<context>
    <name>SecretEditor</name>
    <message>
        <source>Hide the password</source>
        <translation>Passwort verbergen</translation>
    </message>
    <message>
        <source>Make up a password</source>
        <translation>Passwort ausdenken</translation>
    </message>
    <message>
        <source>Once it is saved, a new password cannot be taken back.</source>
        <translation>Ist ein neues Passwort gespeichert, lässt es sich nicht zurücknehmen.</translation>
    </message>
    <message>
        <source>Set a new password…</source>
        <translation>Neues Passwort setzen…</translation>
    </message>
    <message>
        <source>Show the password</source>
        <translation>Passwort zeigen</translation>
    </message>
</context>
<context>
    <name>SelectedRows</name>
    <message>
        <source>Reading what is selected</source>
        <translation>Das Ausgewählte wird gelesen</translation>
    </message>
</context>
<context>
    <name>SessionsModel</name>
    <message>
        <source>Holds</source>
        <translation>Hält</translation>
    </message>
    <message>
        <source>Lock</source>
        <translation>Sperre</translation>
    </message>
    <message>
        <source>Process</source>
        <translation>Prozess</translation>
    </message>
    <message>
        <source>Since</source>
        <translation>Seit</translation>
    </message>
    <message>
        <source>Who</source>
        <translation>Wer</translation>
    </message>
</context>
<context>
    <name>ShortcutsDialog</name>
    <message>
        <source>Among the filters</source>
        <translation>In den Filtern</translation>
    </message>
    <message>
        <source>Back to where you were; a mouse&apos;s back button does it too</source>
        <translation>Zurück, wo Sie waren; die Zurück-Taste der Maus tut es auch</translation>
    </message>
    <message>
        <source>Bold in a lesson&apos;s text; Ctrl+I makes it italic</source>
        <translation>Fett im Text einer Lektion; Strg+I macht ihn kursiv</translation>
    </message>
    <message>
        <source>Change the filter</source>
        <translation>Filter ändern</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>Copy the cell, or all rows that are selected</source>
        <translation>Die Zelle kopieren, oder alle ausgewählten Zeilen</translation>
    </message>
    <message>
        <source>Delete, after showing what goes with it</source>
        <translation>Löschen, nach der Anzeige, was mitgelöscht wird</translation>
    </message>
    <message>
        <source>Edit the cell; Enter does too</source>
        <translation>Zelle bearbeiten; Eingabe tut es auch</translation>
    </message>
    <message>
        <source>Edit what is chosen</source>
        <translation>Das Gewählte bearbeiten</translation>
    </message>
    <message>
        <source>Everywhere</source>
        <translation>Überall</translation>
    </message>
    <message>
        <source>First column; with Ctrl the first row</source>
        <translation>Erste Spalte; mit Strg erste Zeile</translation>
    </message>
    <message>
        <source>Fold; Right unfolds</source>
        <translation>Einklappen; Rechts klappt aus</translation>
    </message>
    <message>
        <source>Forward again</source>
        <translation>Wieder vorwärts</translation>
    </message>
    <message>
        <source>Give the cell&apos;s change up, or stop a long reading</source>
        <translation>Die Änderung der Zelle aufgeben oder langes Lesen abbrechen</translation>
    </message>
    <message>
        <source>Go to the first row that begins with them, in its order</source>
        <translation>Zur ersten Zeile, die so beginnt, in ihrer Reihenfolge</translation>
    </message>
    <message>
        <source>In a course</source>
        <translation>In einem Kurs</translation>
    </message>
    <message>
        <source>In a table</source>
        <translation>In einer Tabelle</translation>
    </message>
    <message>
        <source>Keyboard shortcuts</source>
        <translation>Tastenkürzel</translation>
    </message>
    <message>
        <source>Last column; with Ctrl the last row</source>
        <translation>Letzte Spalte; mit Strg letzte Zeile</translation>
    </message>
    <message>
        <source>Make again what was taken back</source>
        <translation>Zurückgenommenes wiederholen</translation>
    </message>
    <message>
        <source>Menu of the rows, or of the title of a column; the menu key does it too</source>
        <translation>Menü der Zeilen oder eines Spaltentitels; die Menütaste tut es auch</translation>
    </message>
    <message>
        <source>Move what is chosen up; with Down down, with Home and End to the ends</source>
        <translation>Das Gewählte nach oben; mit Ab nach unten, mit Pos1 und Ende an die Enden</translation>
    </message>
    <message>
        <source>New lesson behind the one chosen; in a quiz a new question</source>
        <translation>Neue Lektion hinter der gewählten; in einem Quiz eine neue Frage</translation>
    </message>
    <message>
        <source>New row</source>
        <translation>Neue Zeile</translation>
    </message>
    <message>
        <source>Open the course of the row</source>
        <translation>Den Kurs der Zeile öffnen</translation>
    </message>
    <message>
        <source>Preferences</source>
        <translation>Einstellungen</translation>
    </message>
    <message>
        <source>Refresh, keeping the row</source>
        <translation>Aktualisieren, die Zeile bleibt</translation>
    </message>
    <message>
        <source>Save, the open editor&apos;s value included</source>
        <translation>Speichern, mit dem Wert der offenen Eingabe</translation>
    </message>
    <message>
        <source>Search here</source>
        <translation>Hier suchen</translation>
    </message>
    <message>
        <source>Search people, courses and pages</source>
        <translation>Personen, Kurse und Seiten suchen</translation>
    </message>
    <message>
        <source>Select all rows; Shift and the arrows select several</source>
        <translation>Alle Zeilen auswählen; Umschalt und die Pfeile wählen mehrere aus</translation>
    </message>
    <message>
        <source>Set to no value (NULL)</source>
        <translation>Auf keinen Wert setzen (NULL)</translation>
    </message>
    <message>
        <source>Take back: in the open editor, else the last unsaved change, else the last save</source>
        <translation>Zurücknehmen: in der offenen Eingabe, sonst die letzte ungespeicherte Änderung, sonst das letzte Speichern</translation>
    </message>
    <message>
        <source>Take the filter away</source>
        <translation>Filter entfernen</translation>
    </message>
    <message>
        <source>Take the value and go on to the right</source>
        <translation>Den Wert übernehmen und nach rechts weiter</translation>
    </message>
    <message>
        <source>This list</source>
        <translation>Diese Liste</translation>
    </message>
    <message>
        <source>letters</source>
        <translation>Buchstaben</translation>
    </message>
</context>
<context>
    <name>SignIn</name>
    <message>
        <source>&amp;E-mail</source>
        <translation>&amp;E-Mail</translation>
    </message>
    <message>
        <source>&amp;Password</source>
        <translation>&amp;Passwort</translation>
    </message>
    <message>
        <source>One click signs you in. Each role sees its own part of the school.</source>
        <translation>Ein Klick meldet Sie an. Jede Rolle sieht ihren eigenen Teil der Schule.</translation>
    </message>
    <message>
        <source>People of the demo</source>
        <translation>Personen der Demo</translation>
    </message>
    <message>
        <source>Sign in</source>
        <translation>Anmelden</translation>
    </message>
    <message>
        <source>you@school.edu</source>
        <translation>sie@schule.de</translation>
    </message>
</context>
<context>
    <name>SignInScreen</name>
    <message>
        <source>Connect to another database…</source>
        <translation>Mit einer anderen Datenbank verbinden…</translation>
    </message>
    <message>
        <source>Sign in</source>
        <translation>Anmelden</translation>
    </message>
    <message>
        <source>Signing in…</source>
        <translation>Anmeldung läuft…</translation>
    </message>
    <message numerus="yes">
        <source>Too many attempts have failed. Try again in %n s.</source>
        <translation>
            <numerusform>Zu viele Versuche sind fehlgeschlagen. Versuchen Sie es in %n s noch einmal.</numerusform>
            <numerusform>Zu viele Versuche sind fehlgeschlagen. Versuchen Sie es in %n s noch einmal.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Sitting</name>
    <message>
        <source>Opening LMS Desktop</source>
        <translation>LMS Desktop wird geöffnet</translation>
    </message>
</context>
<context>
    <name>SlowReading</name>
    <message>
        <source>Nothing was read.</source>
        <translation>Es wurde nichts gelesen.</translation>
    </message>
    <message>
        <source>Read it now</source>
        <translation>Jetzt lesen</translation>
    </message>
    <message>
        <source>Reading for {0} s.</source>
        <translation>Liest seit {0} s.</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Stopped: what is shown is what was shown before.</source>
        <translation>Abgebrochen: Gezeigt wird, was vorher gezeigt wurde.</translation>
    </message>
</context>
<context>
    <name>SpreadModel</name>
    <message>
        <source>Attempts</source>
        <translation>Versuche</translation>
    </message>
    <message>
        <source>Score</source>
        <translation>Wertung</translation>
    </message>
    <message>
        <source>Share</source>
        <translation>Anteil</translation>
    </message>
    <message>
        <source>The percentage of points</source>
        <translation>Erreichte Punkte in Prozent</translation>
    </message>
</context>
<context>
    <name>SqlTab</name>
    <message>
        <source>Copy</source>
        <translation>Kopieren</translation>
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
        <translation>Eine Schule für sich, nur auf diesem Computer.</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>Zurück</translation>
    </message>
    <message>
        <source>Back to the demo</source>
        <translation>Zurück zur Demo</translation>
    </message>
    <message>
        <source>Connecting</source>
        <translation>Verbindung wird hergestellt</translation>
    </message>
    <message>
        <source>Demo school</source>
        <translation>Demo-Schule</translation>
    </message>
    <message>
        <source>Looking at the database</source>
        <translation>Die Datenbank wird angesehen</translation>
    </message>
    <message>
        <source>Preparing the demo</source>
        <translation>Die Demo wird vorbereitet</translation>
    </message>
    <message>
        <source>this computer</source>
        <translation>dieser Computer</translation>
    </message>
    <message>
        <source>this computer · embedded</source>
        <translation>lokal · eingebettet</translation>
    </message>
</context>
<context>
    <name>StartWindow</name>
    <message>
        <source>Preferences</source>
        <translation>Einstellungen</translation>
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
        <translation>Alle 2 s nachgesehen</translation>
    </message>
    <message>
        <source>Connected</source>
        <translation>Verbunden</translation>
    </message>
    <message>
        <source>Live</source>
        <translation>Live</translation>
    </message>
    <message>
        <source>Moments are shown in this time zone</source>
        <translation>Zeitpunkte werden in dieser Zeitzone gezeigt</translation>
    </message>
    <message>
        <source>The server does not call: it is asked every 2 seconds.</source>
        <translation>Der Server ruft nicht: Er wird alle 2 Sekunden gefragt.</translation>
    </message>
    <message>
        <source>What others save appears here at once.</source>
        <translation>Was andere speichern, erscheint hier sofort.</translation>
    </message>
    <message>
        <source>What others save is shown when you refresh.</source>
        <translation>Was andere speichern, wird beim Aktualisieren gezeigt.</translation>
    </message>
</context>
<context>
    <name>StepCard</name>
    <message>
        <source>Commits in its midst: it cannot be rehearsed on this database, only on a copy.</source>
        <translation>Schreibt mittendrin fest: kann nicht auf dieser Datenbank geprobt werden, nur auf einer Kopie.</translation>
    </message>
    <message>
        <source>Its SQL depends on the database; a rehearsal shows it.</source>
        <translation>Ihr SQL hängt von der Datenbank ab; eine Probe zeigt es.</translation>
    </message>
    <message>
        <source>May write {0} anew, row by row; a rehearsal shows it.</source>
        <translation>Schreibt vielleicht {0} neu, Zeile für Zeile; eine Probe zeigt es.</translation>
    </message>
    <message>
        <source>Tables: {0}.</source>
        <translation>Tabellen: {0}.</translation>
    </message>
    <message>
        <source>Writes no table anew.</source>
        <translation>Schreibt keine Tabelle neu.</translation>
    </message>
    <message>
        <source>Writes {0} anew, row by row.</source>
        <translation>Schreibt {0} neu, Zeile für Zeile.</translation>
    </message>
</context>
<context>
    <name>Studies</name>
    <message>
        <source>Reading {0}</source>
        <translation>{0} wird gelesen</translation>
    </message>
</context>
<context>
    <name>TableKeys</name>
    <message>
        <source>This cannot be changed here.</source>
        <translation>Dies kann hier nicht geändert werden.</translation>
    </message>
    <message>
        <source>This field always needs a value.</source>
        <translation>Dieses Feld braucht immer einen Wert.</translation>
    </message>
</context>
<context>
    <name>TakeQuizDialog</name>
    <message>
        <source>All on one page</source>
        <translation>Alle auf einer Seite</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>Zurück</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>Finish</source>
        <translation>Beenden</translation>
    </message>
    <message>
        <source>Next</source>
        <translation>Weiter</translation>
    </message>
    <message>
        <source>One by one</source>
        <translation>Eine nach der anderen</translation>
    </message>
    <message>
        <source>Preview as a student</source>
        <translation>Vorschau als Teilnehmer</translation>
    </message>
    <message>
        <source>Question {0} of {1}</source>
        <translation>Frage {0} von {1}</translation>
    </message>
    <message>
        <source>Reading the quiz…</source>
        <translation>Das Quiz wird gelesen…</translation>
    </message>
    <message>
        <source>Take it again</source>
        <translation>Noch einmal bearbeiten</translation>
    </message>
    <message numerus="yes">
        <source>This is the quiz as it is saved: %n unsaved change(s) are not in it.</source>
        <translation>
            <numerusform>Dies ist das Quiz, wie es gespeichert ist: %n ungespeicherte Änderung ist nicht darin.</numerusform>
            <numerusform>Dies ist das Quiz, wie es gespeichert ist: %n ungespeicherte Änderungen sind nicht darin.</numerusform>
        </translation>
    </message>
    <message>
        <source>This quiz has no questions yet.</source>
        <translation>Dieses Quiz hat noch keine Fragen.</translation>
    </message>
    <message>
        <source>{0} left</source>
        <translation>noch {0}</translation>
    </message>
    <message>
        <source>{0} of {1} answered</source>
        <translation>{0} von {1} beantwortet</translation>
    </message>
</context>
<context>
    <name>TopBar</name>
    <message>
        <source>Back</source>
        <translation>Zurück</translation>
    </message>
    <message>
        <source>Back to {0}</source>
        <translation>Zurück zu {0}</translation>
    </message>
    <message>
        <source>Forward</source>
        <translation>Vorwärts</translation>
    </message>
    <message>
        <source>Forward to {0}</source>
        <translation>Vorwärts zu {0}</translation>
    </message>
    <message>
        <source>Refresh</source>
        <translation>Aktualisieren</translation>
    </message>
    <message>
        <source>Up to {0}</source>
        <translation>Hinauf zu {0}</translation>
    </message>
</context>
<context>
    <name>TruthChoice</name>
    <message>
        <source>False</source>
        <translation>Falsch</translation>
    </message>
    <message>
        <source>Right answer</source>
        <translation>Richtige Antwort</translation>
    </message>
    <message>
        <source>True</source>
        <translation>Wahr</translation>
    </message>
    <message>
        <source>right answer</source>
        <translation>richtige Antwort</translation>
    </message>
</context>
<context>
    <name>TypeAhead</name>
    <message>
        <source>Find “{0}”…</source>
        <translation>„{0}“ suchen…</translation>
    </message>
    <message>
        <source>Finding “{0}”</source>
        <translation>„{0}“ wird gesucht</translation>
    </message>
    <message>
        <source>{0}: nothing begins with “{1}”.</source>
        <translation>{0}: nichts beginnt mit „{1}“.</translation>
    </message>
</context>
<context>
    <name>Undoing</name>
    <message>
        <source>Done again: {0}</source>
        <translation>Wiederholt: {0}</translation>
    </message>
    <message>
        <source>Nothing was made again.</source>
        <translation>Es wurde nichts wiederholt.</translation>
    </message>
    <message>
        <source>Nothing was taken back.</source>
        <translation>Es wurde nichts zurückgenommen.</translation>
    </message>
    <message>
        <source>Redo</source>
        <translation>Wiederholen</translation>
    </message>
    <message>
        <source>Show</source>
        <translation>Zeigen</translation>
    </message>
    <message>
        <source>There is nothing to make again.</source>
        <translation>Es gibt nichts zu wiederholen.</translation>
    </message>
    <message>
        <source>There is nothing to take back.</source>
        <translation>Es gibt nichts zurückzunehmen.</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>Rückgängig</translation>
    </message>
    <message>
        <source>Undone: {0}</source>
        <translation>Rückgängig gemacht: {0}</translation>
    </message>
    <message>
        <source>Waiting for what is being saved…</source>
        <translation>Wartet, bis gespeichert ist…</translation>
    </message>
    <message>
        <source>last unsaved edit</source>
        <translation>letzte ungespeicherte Änderung</translation>
    </message>
    <message>
        <source>{0} takes back the last unsaved edit</source>
        <translation>{0} nimmt die letzte ungespeicherte Änderung zurück</translation>
    </message>
    <message>
        <source>{0} takes back what you typed last</source>
        <translation>{0} nimmt zurück, was Sie zuletzt getippt haben</translation>
    </message>
    <message>
        <source>{0} undoes “{1}”</source>
        <translation>{0} macht „{1}“ rückgängig</translation>
    </message>
</context>
<context>
    <name>UnsavedBar</name>
    <message numerus="yes">
        <source>%n unsaved changes</source>
        <translation>
            <numerusform>%n ungespeicherte Änderung</numerusform>
            <numerusform>%n ungespeicherte Änderungen</numerusform>
        </translation>
    </message>
    <message>
        <source>1 unsaved change</source>
        <translation>1 ungespeicherte Änderung</translation>
    </message>
    <message>
        <source>Discard</source>
        <translation>Verwerfen</translation>
    </message>
    <message>
        <source>Preview</source>
        <translation>Vorschau</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>Speichern</translation>
    </message>
    <message>
        <source>Saving…</source>
        <translation>Wird gespeichert…</translation>
    </message>
</context>
<context>
    <name>ValueText</name>
    <message>
        <source>Show all of {0}</source>
        <translation>{0} ganz zeigen</translation>
    </message>
    <message>
        <source>Show all…</source>
        <translation>Alles zeigen…</translation>
    </message>
    <message>
        <source>empty text</source>
        <translation>leerer Text</translation>
    </message>
    <message>
        <source>this text</source>
        <translation>dieser Text</translation>
    </message>
</context>
<context>
    <name>VideoRow</name>
    <message>
        <source>Watch on {0}…</source>
        <translation>Auf {0} ansehen…</translation>
    </message>
</context>
<context>
    <name>WaitSheet</name>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
</context>
<context>
    <name>Whereabouts</name>
    <message>
        <source>counting</source>
        <translation>wird gezählt</translation>
    </message>
</context>
<context>
    <name>WorkBar</name>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Cancel: {0}</source>
        <translation>Abbrechen: {0}</translation>
    </message>
</context>
<context>
    <name>_Needed</name>
    <message>
        <source>This application needs the newest revision: below it only this page works, until it is applied again.</source>
        <translation>Diese Anwendung braucht die neueste Revision: Unterhalb davon geht nur diese Seite, bis sie wieder angewendet ist.</translation>
    </message>
    <message>
        <source>Without the change log nothing that is done here can be taken back, and what it holds goes.</source>
        <translation>Ohne das Änderungsprotokoll kann nichts zurückgenommen werden, was hier getan wird, und was es enthält, geht verloren.</translation>
    </message>
</context>
<context>
    <name>_Scroll</name>
    <message>
        <source>Contents</source>
        <translation>Inhalt</translation>
    </message>
</context>
<context>
    <name>_Step</name>
    <message>
        <source>done</source>
        <translation>fertig</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>fehlgeschlagen</translation>
    </message>
</context>
</TS>
