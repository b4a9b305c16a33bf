<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de_DE" sourcelanguage="en_US">
<context>
    <name></name>
    <message>
        <source>A JSON list is wanted here, such as [&quot;red&quot;, &quot;blue&quot;].</source>
        <translation>Hier wird eine JSON-Liste gebraucht, etwa [&quot;red&quot;, &quot;blue&quot;].</translation>
    </message>
    <message>
        <source>A JSON object is wanted here, such as {&quot;colour&quot;: &quot;blue&quot;}.</source>
        <translation>Hier wird ein JSON-Objekt gebraucht, etwa {&quot;colour&quot;: &quot;blue&quot;}.</translation>
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
        <source>A moment is written like 2026-11-20 10:00.</source>
        <translation>Ein Zeitpunkt wird so geschrieben: 2026-11-20 10:00.</translation>
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
        <source>A quiz of neither a course nor a lesson is the administrators&apos;.</source>
        <translation>Ein Quiz, das weder zu einem Kurs noch zu einer Lektion gehört, ist Sache der Administratoren.</translation>
    </message>
    <message>
        <source>A rule of the database does not allow this.</source>
        <translation>Eine Regel der Datenbank lässt das nicht zu.</translation>
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
        <source>Another person has the e-mail address{value} already.</source>
        <translation>Eine andere Person hat bereits die E-Mail-Adresse{value}.</translation>
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
        <source>Any server with a certificate of the same issuer could pose as this one.</source>
        <translation>Jeder Server mit einem Zertifikat desselben Ausstellers könnte sich als dieser ausgeben.</translation>
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
        <source>Completed</source>
        <translation>Abgeschlossen</translation>
    </message>
    <message>
        <source>Completed at</source>
        <translation>Abgeschlossen am</translation>
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
        <source>Connecting.</source>
        <translation>Verbindung wird hergestellt.</translation>
    </message>
    <message>
        <source>Content</source>
        <translation>Inhalt</translation>
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
        <source>Free about 200 MB, then try again.</source>
        <translation>Schaffen Sie etwa 200 MB Platz und versuchen Sie es noch einmal.</translation>
    </message>
    <message>
        <source>Further data</source>
        <translation>Weitere Daten</translation>
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
        <source>Have encryption set up on the server; sslmode=disable in the address goes without, readable by others.</source>
        <translation>Lassen Sie auf dem Server Verschlüsselung einrichten; mit sslmode=disable in der Adresse geht es ohne, für andere lesbar.</translation>
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
        <source>Indexes for performance, security constraints.</source>
        <translation>Indizes für Geschwindigkeit, Regeln für die Sicherheit.</translation>
    </message>
    <message>
        <source>Initial tables: users, courses, lessons, enrollments.</source>
        <translation>Erste Tabellen: Personen, Kurse, Lektionen, Einschreibungen.</translation>
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
        <source>It is there again: somebody else restored it.</source>
        <translation>Es ist wieder da: Jemand anderes hat es wiederhergestellt.</translation>
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
        <source>Lesson</source>
        <translation>Lektion</translation>
    </message>
    <message>
        <source>Lesson progress</source>
        <translation>Lektionsfortschritt</translation>
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
        <source>Live</source>
        <translation>Aktiv</translation>
    </message>
    <message>
        <source>Look again when that is done.</source>
        <translation>Sehen Sie danach noch einmal nach.</translation>
    </message>
    <message>
        <source>Look at it once more, then delete it if you still want to.</source>
        <translation>Sehen Sie es sich noch einmal an, und löschen Sie es, wenn Sie es dann noch wollen.</translation>
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
        <source>Make somebody else an administrator first.</source>
        <translation>Machen Sie zuerst jemand anderen zum Administrator.</translation>
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
        <source>Mind capital letters. An administrator can give you a new password.</source>
        <translation>Achten Sie auf Großbuchstaben. Ein Administrator kann Ihnen ein neues Passwort geben.</translation>
    </message>
    <message>
        <source>Move the folder away to begin with a new one.</source>
        <translation>Verschieben Sie den Ordner, um mit einem neuen zu beginnen.</translation>
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
        <source>No database is named.</source>
        <translation>Es ist keine Datenbank genannt.</translation>
    </message>
    <message>
        <source>No lesson has been begun yet. Students make progress on the web; you can record it here too.</source>
        <translation>Noch ist keine Lektion begonnen. Teilnehmer machen ihre Fortschritte im Web; Sie können sie auch hier erfassen.</translation>
    </message>
    <message>
        <source>Nobody can simply listen, but somebody on the way could pose as the server.</source>
        <translation>Niemand kann einfach mithören, aber jemand unterwegs könnte sich als der Server ausgeben.</translation>
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
        <source>Not admitted</source>
        <translation>Nicht zugelassen</translation>
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
        <source>Nothing that was deleted here is missing. What you delete is listed here and can be restored.</source>
        <translation>Nichts, was hier gelöscht wurde, fehlt. Was Sie löschen, steht auf dieser Liste und kann wiederhergestellt werden.</translation>
    </message>
    <message>
        <source>Number</source>
        <translation>Nummer</translation>
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
        <source>Options</source>
        <translation>Antwortmöglichkeiten</translation>
    </message>
    <message>
        <source>Order of questions</source>
        <translation>Reihenfolge der Fragen</translation>
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
        <source>Password</source>
        <translation>Passwort</translation>
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
        <source>Place</source>
        <translation>Position</translation>
    </message>
    <message>
        <source>Points</source>
        <translation>Punkte</translation>
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
        <source>Reprint the one that is there instead.</source>
        <translation>Drucken Sie stattdessen das vorhandene noch einmal.</translation>
    </message>
    <message>
        <source>Result</source>
        <translation>Ergebnis</translation>
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
        <source>Run “alembic upgrade head” first, or open the window, which offers it.</source>
        <translation>Führen Sie zuerst „alembic upgrade head“ aus, oder öffnen Sie das Fenster, das es anbietet.</translation>
    </message>
    <message>
        <source>Save once more.</source>
        <translation>Speichern Sie noch einmal.</translation>
    </message>
    <message>
        <source>Saved the {thing}.</source>
        <translation>Gespeichert: {thing}.</translation>
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
        <source>Saved {n} {things}. {restored} of them had been deleted meanwhile and were restored, but not the {lost} rows that went with them.</source>
        <translation>{n} {things} gespeichert. {restored} davon waren inzwischen gelöscht und wurden wiederhergestellt, nicht aber die {lost} Zeilen, die mitgelöscht wurden.</translation>
    </message>
    <message>
        <source>Saved {n} {things}. {restored} of them had been deleted meanwhile and were restored.</source>
        <translation>{n} {things} gespeichert. {restored} davon waren inzwischen gelöscht und wurden wiederhergestellt.</translation>
    </message>
    <message>
        <source>Say --yes where sample people and courses are to stand beside what is there.</source>
        <translation>Geben Sie --yes an, wenn Beispielpersonen und -kurse neben dem Vorhandenen stehen sollen.</translation>
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
        <source>Select or filter fewer, and delete them part by part.</source>
        <translation>Wählen oder filtern Sie weniger, und löschen Sie in Teilen.</translation>
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
        <source>Somebody else is using this just now.</source>
        <translation>Jemand anderes verwendet dies gerade.</translation>
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
        <source>Students</source>
        <translation>Teilnehmer</translation>
    </message>
    <message>
        <source>Students cannot sign in here.</source>
        <translation>Teilnehmer können sich hier nicht anmelden.</translation>
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
        <source>The PostgreSQL that the demo uses is not installed.</source>
        <translation>Das PostgreSQL, das die Demo verwendet, ist nicht installiert.</translation>
    </message>
    <message>
        <source>The account {account}, which PostgreSQL runs under, cannot go into the folder {folder}.</source>
        <translation>Das Konto {account}, unter dem PostgreSQL läuft, kommt nicht in den Ordner {folder}.</translation>
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
        <source>The connection to the database was lost at the very moment of saving.</source>
        <translation>Die Verbindung zur Datenbank ist genau beim Speichern abgebrochen.</translation>
    </message>
    <message>
        <source>The connection to the database was lost.</source>
        <translation>Die Verbindung zur Datenbank ist abgebrochen.</translation>
    </message>
    <message>
        <source>The data in {folder} was made by PostgreSQL {made_with} and cannot be opened by {version}.</source>
        <translation>Die Daten in {folder} wurden von PostgreSQL {made_with} angelegt und können von {version} nicht geöffnet werden.</translation>
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
        <source>The database {database} is not the demo&apos;s, and nothing was added to it.</source>
        <translation>Die Datenbank {database} ist nicht die der Demo, und es wurde ihr nichts hinzugefügt.</translation>
    </message>
    <message>
        <source>The database&apos;s address cannot be understood.</source>
        <translation>Die Adresse der Datenbank ist nicht zu verstehen.</translation>
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
        <source>The page “{page}” can be drawn only of the demo, with --sign-in EMAIL.</source>
        <translation>Die Seite „{page}“ kann nur von der Demo gezeichnet werden, mit --sign-in E-MAIL.</translation>
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
        <source>The picture cannot be saved as {file}.</source>
        <translation>Das Bild kann nicht als {file} gespeichert werden.</translation>
    </message>
    <message>
        <source>The port in the database&apos;s address must be from 1 to 65535.</source>
        <translation>Der Port in der Adresse der Datenbank muss von 1 bis 65535 sein.</translation>
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
        <source>The server has run out of memory or of another resource; nothing was changed.</source>
        <translation>Dem Server ist der Speicher oder ein anderes Betriebsmittel ausgegangen; es wurde nichts geändert.</translation>
    </message>
    <message>
        <source>The server has trouble with its own files.</source>
        <translation>Der Server hat Schwierigkeiten mit seinen eigenen Dateien.</translation>
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
        <source>The window was not ready to be drawn in time.</source>
        <translation>Das Fenster war nicht rechtzeitig bereit, gezeichnet zu werden.</translation>
    </message>
    <message>
        <source>The work took longer than the server allows; nothing was changed.</source>
        <translation>Die Arbeit dauerte länger, als der Server erlaubt; es wurde nichts geändert.</translation>
    </message>
    <message>
        <source>There are no courses yet. Begin with a title and somebody who teaches it.</source>
        <translation>Es gibt noch keine Kurse. Beginnen Sie mit einem Titel und jemandem, der unterrichtet.</translation>
    </message>
    <message>
        <source>There are no lessons yet. A course is made of them: add its first one.</source>
        <translation>Es gibt noch keine Lektionen. Aus ihnen besteht ein Kurs: Fügen Sie die erste hinzu.</translation>
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
        <source>There is a NUL character in this text; PostgreSQL cannot store it.</source>
        <translation>In diesem Text steht ein NUL-Zeichen; PostgreSQL kann es nicht speichern.</translation>
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
        <source>There is no PostgreSQL in {folder}.</source>
        <translation>In {folder} ist kein PostgreSQL.</translation>
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
        <source>They cannot be given to what is being deleted as well.</source>
        <translation>Sie können nicht an etwas gehen, das selbst gelöscht wird.</translation>
    </message>
    <message>
        <source>This JSON is nested too deeply.</source>
        <translation>Dieses JSON ist zu tief verschachtelt.</translation>
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
        <source>This database can only be read at present, perhaps because it is a standby.</source>
        <translation>Diese Datenbank kann zurzeit nur gelesen werden, vielleicht weil sie in Bereitschaft steht.</translation>
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
        <source>This database is at revision {revision}, which this program does not know.</source>
        <translation>Diese Datenbank steht auf Revision {revision}, die dieses Programm nicht kennt.</translation>
    </message>
    <message>
        <source>This database is being migrated by somebody else just now ({holder}).</source>
        <translation>Diese Datenbank wird gerade von jemand anderem migriert ({holder}).</translation>
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
        <source>This is not JSON yet: line {line}, column {column}: {reason}.</source>
        <translation>Das ist noch kein JSON: Zeile {line}, Spalte {column}: {reason}.</translation>
    </message>
    <message>
        <source>This is not in the database any more; somebody has deleted it.</source>
        <translation>Dies ist nicht mehr in der Datenbank; jemand hat es gelöscht.</translation>
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
        <source>This may not be blank.</source>
        <translation>Dies darf nicht leer sein.</translation>
    </message>
    <message>
        <source>This met with another change of the same rows; nothing was changed.</source>
        <translation>Dies traf mit einer anderen Änderung derselben Zeilen zusammen; es wurde nichts geändert.</translation>
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
        <source>This program is for the school&apos;s staff.</source>
        <translation>Dieses Programm ist für die Mitarbeiter der Schule.</translation>
    </message>
    <message>
        <source>This program works with PostgreSQL alone; the address is one of {other}.</source>
        <translation>Dieses Programm arbeitet nur mit PostgreSQL; die Adresse ist eine von {other}.</translation>
    </message>
    <message>
        <source>This student is enrolled in this course already.</source>
        <translation>Dieser Teilnehmer ist in diesem Kurs bereits eingeschrieben.</translation>
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
        <source>Try again, or choose another place.</source>
        <translation>Versuchen Sie es noch einmal, oder wählen Sie einen anderen Ort.</translation>
    </message>
    <message>
        <source>Try again, or narrow down what you are looking for.</source>
        <translation>Versuchen Sie es noch einmal, oder grenzen Sie ein, was Sie suchen.</translation>
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
        <source>What the person signs in with.</source>
        <translation>Damit meldet sich die Person an.</translation>
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
        <source>When</source>
        <translation>Wann</translation>
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
        <source>Whoever should get them is not there any more.</source>
        <translation>Wer sie bekommen sollte, ist nicht mehr da.</translation>
    </message>
    <message>
        <source>Whoever works in a revoked session must sign in again. This cannot be undone. Revoke {n}?</source>
        <translation>Wer in einer widerrufenen Sitzung arbeitet, muss sich neu anmelden. Das kann nicht rückgängig gemacht werden. {n} widerrufen?</translation>
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
        <source>Your account has been deactivated.</source>
        <translation>Ihr Konto wurde deaktiviert.</translation>
    </message>
    <message>
        <source>Your account no longer exists.</source>
        <translation>Ihr Konto gibt es nicht mehr.</translation>
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
        <source>changed</source>
        <translation>geändert</translation>
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
        <source>lessons</source>
        <translation>Lektionen</translation>
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
        <source>soft hyphen</source>
        <translation>bedingter Trennstrich</translation>
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
        <source>{count} rows are selected; at most {most} are deleted at one time. Nothing was deleted.</source>
        <translation>{count} Zeilen sind ausgewählt; höchstens {most} werden auf einmal gelöscht. Es wurde nichts gelöscht.</translation>
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
        <source>System</source>
        <translation>System</translation>
    </message>
    <message>
        <source>Version</source>
        <translation>Version</translation>
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
    <name>DeleteDialog</name>
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
    <message>
        <source>Delete</source>
        <translation>Löschen</translation>
    </message>
    <message>
        <source>Delete {0} {1}</source>
        <translation>{0} {1} löschen</translation>
    </message>
    <message>
        <source>Deleted with it</source>
        <translation>Wird mitgelöscht</translation>
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
        <source>Reading what is selected</source>
        <translation>Das Ausgewählte wird gelesen</translation>
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
    <name>EntityPage</name>
    <message>
        <source>History of {0}</source>
        <translation>Verlauf von {0}</translation>
    </message>
    <message>
        <source>Reading {0}…</source>
        <translation>{0} werden gelesen…</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>Speichern</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Noch einmal versuchen</translation>
    </message>
    <message>
        <source>You are editing it too: nothing is overwritten.</source>
        <translation>Sie bearbeiten es auch: Es wird nichts überschrieben.</translation>
    </message>
    <message>
        <source>in {0} {1}</source>
        <translation>({0} {1})</translation>
    </message>
    <message>
        <source>{0} match</source>
        <translation>{0} Treffer</translation>
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
        <source>Forget a view</source>
        <translation>Eine Ansicht vergessen</translation>
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
        <source>Search, filters and columns.</source>
        <translation>Suche, Filter und Spalten.</translation>
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
        <source>It is empty. These steps make the LMS&apos;s tables in it; all of them or none.</source>
        <translation>Sie ist leer. Diese Schritte legen die Tabellen des LMS darin an; alle oder keine.</translation>
    </message>
    <message>
        <source>Nobody can administer this school yet. This person will be able to do everything in it.</source>
        <translation>Noch kann niemand diese Schule verwalten. Diese Person wird darin alles tun können.</translation>
    </message>
    <message>
        <source>Set up the database</source>
        <translation>Datenbank einrichten</translation>
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
    <name>FoundList</name>
    <message>
        <source>Found</source>
        <translation>Gefunden</translation>
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
    <name>MainWindow</name>
    <message>
        <source> · {0} ms</source>
        <translation> · {0} ms</translation>
    </message>
    <message>
        <source>About</source>
        <translation>Über</translation>
    </message>
    <message>
        <source>Checking every 2 s</source>
        <translation>Prüft alle 2 s</translation>
    </message>
    <message>
        <source>Connect to another database…</source>
        <translation>Mit einer anderen Datenbank verbinden…</translation>
    </message>
    <message>
        <source>Connected</source>
        <translation>Verbunden</translation>
    </message>
    <message>
        <source>Keyboard shortcuts</source>
        <translation>Tastenkürzel</translation>
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
        <source>The server does not call: it is asked every 2 seconds.</source>
        <translation>Der Server meldet sich nicht von selbst: Er wird alle 2 Sekunden gefragt.</translation>
    </message>
    <message>
        <source>What others save appears here at once.</source>
        <translation>Was andere speichern, erscheint hier sofort.</translation>
    </message>
    <message>
        <source>What others save is shown when you refresh.</source>
        <translation>Was andere speichern, sehen Sie, wenn Sie aktualisieren.</translation>
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
        <source>not connected</source>
        <translation>nicht verbunden</translation>
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
    <name>PageParts</name>
    <message>
        <source>Nothing matches this search and these filters.</source>
        <translation>Zu dieser Suche und diesen Filtern passt nichts.</translation>
    </message>
    <message>
        <source>Row {0} of {1}</source>
        <translation>Zeile {0} von {1}</translation>
    </message>
    <message>
        <source>Show everything</source>
        <translation>Alles zeigen</translation>
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
        <source>{0} rows</source>
        <translation>{0} Zeilen</translation>
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
    <name>PersonCard</name>
    <message>
        <source>Opens the menu of your account</source>
        <translation>Öffnet das Menü Ihres Kontos</translation>
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
    <name>QuickSearch</name>
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
        <source>page</source>
        <translation>Seite</translation>
    </message>
</context>
<context>
    <name>RecordForm</name>
    <message>
        <source>Details</source>
        <translation>Einzelheiten</translation>
    </message>
    <message>
        <source>History</source>
        <translation>Verlauf</translation>
    </message>
    <message>
        <source>Nothing is selected</source>
        <translation>Nichts ist ausgewählt</translation>
    </message>
    <message>
        <source>Parts of the record</source>
        <translation>Teile des Eintrags</translation>
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
    <name>RelatedList</name>
    <message>
        <source>No {0} here yet.</source>
        <translation>Hier gibt es noch keine {0}.</translation>
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
        <source>Show only these</source>
        <translation>Nur diese zeigen</translation>
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
        <source>Change the filter</source>
        <translation>Filter ändern</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>Kopieren</translation>
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
        <source>Everywhere</source>
        <translation>Überall</translation>
    </message>
    <message>
        <source>First column; with Ctrl the first row</source>
        <translation>Erste Spalte; mit Strg erste Zeile</translation>
    </message>
    <message>
        <source>Forward again</source>
        <translation>Wieder vorwärts</translation>
    </message>
    <message>
        <source>Give the cell&apos;s change up</source>
        <translation>Die Änderung der Zelle aufgeben</translation>
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
        <source>New row</source>
        <translation>Neue Zeile</translation>
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
    <name>TableModel</name>
    <message>
        <source>counting</source>
        <translation>wird gezählt</translation>
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
</context>
<context>
    <name>Undoing</name>
    <message>
        <source>Done again: {0}</source>
        <translation>Wiederholt: {0}</translation>
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
        <source>last unsaved edit</source>
        <translation>letzte ungespeicherte Änderung</translation>
    </message>
    <message>
        <source>{0} takes back the last unsaved edit</source>
        <translation>{0} nimmt die letzte ungespeicherte Änderung zurück</translation>
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
    <name>WaitSheet</name>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
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
