<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en_US" sourcelanguage="en_US">
<context>
    <name>ConflictDialog</name>
    <message numerus="yes">
        <source>While you were editing, %n row(s) were changed. All of them merge by themselves.</source>
        <translation>
            <numerusform>While you were editing, %n row was changed. It merges by itself.</numerusform>
            <numerusform>While you were editing, %n rows were changed. All of them merge by themselves.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>DeleteDialog</name>
    <message numerus="yes">
        <source>%n certificate(s) would go too; they are meant to be kept for ever.</source>
        <translation>
            <numerusform>%n certificate would go too; it is meant to be kept for ever.</numerusform>
            <numerusform>%n certificates would go too; they are meant to be kept for ever.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n more</source>
        <translation>
            <numerusform>%n more</numerusform>
            <numerusform>%n more</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>EffectList</name>
    <message numerus="yes">
        <source>and %n more</source>
        <translation>
            <numerusform>and %n more</numerusform>
            <numerusform>and %n more</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Feedback</name>
    <message numerus="yes">
        <source>Change %n row(s)?</source>
        <translation>
            <numerusform>Change %n row?</numerusform>
            <numerusform>Change %n rows?</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Filter</name>
    <message numerus="yes">
        <source>%n day(s)</source>
        <translation>
            <numerusform>%n day</numerusform>
            <numerusform>%n days</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>last %n day(s)</source>
        <translation>
            <numerusform>last %n day</numerusform>
            <numerusform>last %n days</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>FirstRunScreen</name>
    <message numerus="yes">
        <source>Update the database (%n revisions)</source>
        <translation>
            <numerusform>Update the database (%n revision)</numerusform>
            <numerusform>Update the database (%n revisions)</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Keeping</name>
    <message numerus="yes">
        <source>%n row(s) were changed since: saving shows both.</source>
        <translation>
            <numerusform>%n row was changed since: saving shows both.</numerusform>
            <numerusform>%n rows were changed since: saving shows both.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n row(s) were deleted since.</source>
        <translation>
            <numerusform>%n row was deleted since.</numerusform>
            <numerusform>%n rows were deleted since.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n unsaved change(s)</source>
        <translation>
            <numerusform>%n unsaved change</numerusform>
            <numerusform>%n unsaved changes</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n unsaved change(s) are back. They are not saved yet.</source>
        <translation>
            <numerusform>%n unsaved change is back. It is not saved yet.</numerusform>
            <numerusform>%n unsaved changes are back. They are not saved yet.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n unsaved change(s) are kept on this computer until you are back.</source>
        <translation>
            <numerusform>%n unsaved change is kept on this computer until you are back.</numerusform>
            <numerusform>%n unsaved changes are kept on this computer until you are back.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n value(s) that were being saved when the program ended are in the database.</source>
        <translation>
            <numerusform>%n value that was being saved when the program ended is in the database.</numerusform>
            <numerusform>%n values that were being saved when the program ended are in the database.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Discard %n unsaved change(s)?</source>
        <translation>
            <numerusform>Discard %n unsaved change?</numerusform>
            <numerusform>Discard %n unsaved changes?</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>LeaveDialog</name>
    <message numerus="yes">
        <source>Leave %n unsaved change(s) behind?</source>
        <translation>
            <numerusform>Leave %n unsaved change behind?</numerusform>
            <numerusform>Leave %n unsaved changes behind?</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>OfferedDialog</name>
    <message numerus="yes">
        <source>%n unsaved change(s)</source>
        <translation>
            <numerusform>%n unsaved change</numerusform>
            <numerusform>%n unsaved changes</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>OperationPanel</name>
    <message numerus="yes">
        <source>Restore %n record(s)…</source>
        <translation>
            <numerusform>Restore %n record…</numerusform>
            <numerusform>Restore %n records…</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>PreviewDialog</name>
    <message numerus="yes">
        <source>%n unsaved change(s)</source>
        <translation>
            <numerusform>%n unsaved change</numerusform>
            <numerusform>%n unsaved changes</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>RevertDialog</name>
    <message numerus="yes">
        <source>%n row(s) are no longer as it left them.</source>
        <translation>
            <numerusform>%n row is no longer as it left it.</numerusform>
            <numerusform>%n rows are no longer as it left them.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Take back the other %n row(s)</source>
        <translation>
            <numerusform>Take back the other %n row</numerusform>
            <numerusform>Take back the other %n rows</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>and %n more row(s)</source>
        <translation>
            <numerusform>and %n more row</numerusform>
            <numerusform>and %n more rows</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Saving</name>
    <message numerus="yes">
        <source>Discard %n unsaved change(s)?</source>
        <translation>
            <numerusform>Discard %n unsaved change?</numerusform>
            <numerusform>Discard %n unsaved changes?</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>SignInScreen</name>
    <message numerus="yes">
        <source>Too many attempts have failed. Try again in %n s.</source>
        <translation>
            <numerusform>Too many attempts have failed. Try again in %n s.</numerusform>
            <numerusform>Too many attempts have failed. Try again in %n s.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>UnsavedBar</name>
    <message numerus="yes">
        <source>%n unsaved changes</source>
        <translation>
            <numerusform>%n unsaved change</numerusform>
            <numerusform>%n unsaved changes</numerusform>
        </translation>
    </message>
</context>
</TS>
