<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en_US" sourcelanguage="en_US">
<context>
    <name>AnswerBars</name>
    <message numerus="yes">
        <source>%n other answer(s)</source>
        <translation>
            <numerusform>%n other answer</numerusform>
            <numerusform>%n other answers</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>AnswerCard</name>
    <message numerus="yes">
        <source>Not marked by itself, %n point(s)</source>
        <translation>
            <numerusform>Not marked by itself, %n point</numerusform>
            <numerusform>Not marked by itself, %n points</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{0} of %n point(s)</source>
        <translation>
            <numerusform>{0} of %n point</numerusform>
            <numerusform>{0} of %n points</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>AnsweredGuard</name>
    <message numerus="yes">
        <source>%n attempt(s) answered it</source>
        <translation>
            <numerusform>%n attempt answered it</numerusform>
            <numerusform>%n attempts answered it</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n attempt(s) were marked by the former answer.</source>
        <translation>
            <numerusform>%n attempt was marked by the former answer.</numerusform>
            <numerusform>%n attempts were marked by the former answer.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Change the meaning of %n answered question(s)?</source>
        <translation>
            <numerusform>Change the meaning of %n answered question?</numerusform>
            <numerusform>Change the meaning of %n answered questions?</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>and %n more</source>
        <translation>
            <numerusform>and %n more</numerusform>
            <numerusform>and %n more</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ApplyDialog</name>
    <message numerus="yes">
        <source>Apply %n revision(s) to {0}?</source>
        <translation>
            <numerusform>Apply %n revision to {0}?</numerusform>
            <numerusform>Apply %n revisions to {0}?</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>CardActions</name>
    <message numerus="yes">
        <source>%n lesson(s)</source>
        <translation>
            <numerusform>%n lesson</numerusform>
            <numerusform>%n lessons</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n question(s)</source>
        <translation>
            <numerusform>%n question</numerusform>
            <numerusform>%n questions</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>CardMaker</name>
    <message numerus="yes">
        <source>%n minute(s)</source>
        <translation>
            <numerusform>%n minute</numerusform>
            <numerusform>%n minutes</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n point(s)</source>
        <translation>
            <numerusform>%n point</numerusform>
            <numerusform>%n points</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n question(s)</source>
        <translation>
            <numerusform>%n question</numerusform>
            <numerusform>%n questions</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Colleagues</name>
    <message numerus="yes">
        <source>{0} added %n rows {1}.</source>
        <translation>
            <numerusform>{0} added %n row {1}.</numerusform>
            <numerusform>{0} added %n rows {1}.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{0} deleted %n rows {1}.</source>
        <translation>
            <numerusform>{0} deleted %n row {1}.</numerusform>
            <numerusform>{0} deleted %n rows {1}.</numerusform>
        </translation>
    </message>
</context>
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
    <name>CourseOverview</name>
    <message numerus="yes">
        <source>Duration, without %n lesson(s)</source>
        <translation>
            <numerusform>Duration, without %n lesson</numerusform>
            <numerusform>Duration, without %n lessons</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Quizzes, %n of them draft(s)</source>
        <translation>
            <numerusform>Quizzes, %n of them a draft</numerusform>
            <numerusform>Quizzes, %n of them drafts</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>CourseParts</name>
    <message numerus="yes">
        <source>%n lesson(s)</source>
        <translation>
            <numerusform>%n lesson</numerusform>
            <numerusform>%n lessons</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n student(s)</source>
        <translation>
            <numerusform>%n student</numerusform>
            <numerusform>%n students</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>DeleteDialog</name>
    <message numerus="yes">
        <source>%n attempt(s) answered it; their scores stay as they are.</source>
        <translation>
            <numerusform>%n attempt answered it; its score stays as it is.</numerusform>
            <numerusform>%n attempts answered it; their scores stay as they are.</numerusform>
        </translation>
    </message>
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
    <message numerus="yes">
        <source>At least %n attempt(s) answered them; their scores stay as they are.</source>
        <translation>
            <numerusform>At least %n attempt answered them; its score stays as it is.</numerusform>
            <numerusform>At least %n attempts answered them; their scores stay as they are.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>DoubtsDialog</name>
    <message numerus="yes">
        <source>… and %n more</source>
        <translation>
            <numerusform>… and %n more</numerusform>
            <numerusform>… and %n more</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>DraggedCards</name>
    <message numerus="yes">
        <source>and %n more</source>
        <translation>
            <numerusform>and %n more</numerusform>
            <numerusform>and %n more</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>DriftCard</name>
    <message numerus="yes">
        <source>The live schema differs from what {0} gives in %n place(s).</source>
        <translation>
            <numerusform>The live schema differs from what {0} gives in %n place.</numerusform>
            <numerusform>The live schema differs from what {0} gives in %n places.</numerusform>
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
    <name>ExportDialog</name>
    <message numerus="yes">
        <source>%n left out</source>
        <translation>
            <numerusform>%n left out</numerusform>
            <numerusform>%n left out</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n question(s) will be written</source>
        <translation>
            <numerusform>%n question will be written</numerusform>
            <numerusform>%n questions will be written</numerusform>
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
    <message numerus="yes">
        <source>and %n more</source>
        <translation>
            <numerusform>and %n more</numerusform>
            <numerusform>and %n more</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>FoundModel</name>
    <message numerus="yes">
        <source>%n point(s)</source>
        <translation>
            <numerusform>%n point</numerusform>
            <numerusform>%n points</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ImportDialog</name>
    <message numerus="yes">
        <source>%n question(s) understood</source>
        <translation>
            <numerusform>%n question understood</numerusform>
            <numerusform>%n questions understood</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n thing(s) to look at</source>
        <translation>
            <numerusform>%n thing to look at</numerusform>
            <numerusform>%n things to look at</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Add %n question(s)</source>
        <translation>
            <numerusform>Add %n question</numerusform>
            <numerusform>Add %n questions</numerusform>
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
        <source>%n of them is not complete: it cannot be kept.</source>
        <translation>
            <numerusform>%n of them is not complete: it cannot be kept.</numerusform>
            <numerusform>%n of them are not complete: they cannot be kept.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Leave %n unsaved change(s) behind?</source>
        <translation>
            <numerusform>Leave %n unsaved change behind?</numerusform>
            <numerusform>Leave %n unsaved changes behind?</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>LossesView</name>
    <message numerus="yes">
        <source>Rolling back undoes %n revision(s): {0}.</source>
        <translation>
            <numerusform>Rolling back undoes %n revision: {0}.</numerusform>
            <numerusform>Rolling back undoes %n revisions: {0}.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Migrations</name>
    <message numerus="yes">
        <source>LMS schema: %n revision(s) pending</source>
        <translation>
            <numerusform>LMS schema: %n revision pending</numerusform>
            <numerusform>LMS schema: %n revisions pending</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>desktop extension: %n revision(s) pending</source>
        <translation>
            <numerusform>desktop extension: %n revision pending</numerusform>
            <numerusform>desktop extension: %n revisions pending</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>MoveEffects</name>
    <message numerus="yes">
        <source>%n attempt(s) answered it. Those answers then belong to no question of their quiz any more.</source>
        <translation>
            <numerusform>%n attempt answered it. That answer then belongs to no question of its quiz any more.</numerusform>
            <numerusform>%n attempts answered it. Those answers then belong to no question of their quiz any more.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n attempt(s) at its quizzes go along.</source>
        <translation>
            <numerusform>%n attempt at its quizzes goes along.</numerusform>
            <numerusform>%n attempts at its quizzes go along.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n attempt(s) hold their answers by place alone, as another program wrote them: after this they are read as answers to other questions.</source>
        <translation>
            <numerusform>%n attempt holds its answers by place alone, as another program wrote them: after this they are read as answers to other questions.</numerusform>
            <numerusform>%n attempts hold their answers by place alone, as another program wrote them: after this they are read as answers to other questions.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>What %n student(s) have done with it stays with their enrollment in the course that it leaves: they no longer see it, and the students of the other course begin anew.</source>
        <translation>
            <numerusform>What %n student has done with it stays with the enrollment in the course that it leaves: there it is no longer seen, and the students of the other course begin anew.</numerusform>
            <numerusform>What %n students have done with it stays with their enrollments in the course that it leaves: they no longer see it, and the students of the other course begin anew.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>MoveGuard</name>
    <message numerus="yes">
        <source>Move %n lesson(s) to another course?</source>
        <translation>
            <numerusform>Move %n lesson to another course?</numerusform>
            <numerusform>Move %n lessons to another course?</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Move %n question(s) to another quiz?</source>
        <translation>
            <numerusform>Move %n question to another quiz?</numerusform>
            <numerusform>Move %n questions to another quiz?</numerusform>
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
    <name>PasteDialog</name>
    <message numerus="yes">
        <source>%n question(s) understood</source>
        <translation>
            <numerusform>%n question understood</numerusform>
            <numerusform>%n questions understood</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n thing(s) to look at</source>
        <translation>
            <numerusform>%n thing to look at</numerusform>
            <numerusform>%n things to look at</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Add %n question(s)</source>
        <translation>
            <numerusform>Add %n question</numerusform>
            <numerusform>Add %n questions</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Leave without adding %n question(s)?</source>
        <translation>
            <numerusform>Leave without adding %n question?</numerusform>
            <numerusform>Leave without adding %n questions?</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>PlanView</name>
    <message numerus="yes">
        <source>%n revision(s) in one transaction: all of it is done, or nothing.</source>
        <translation>
            <numerusform>%n revision in one transaction: all of it is done, or nothing.</numerusform>
            <numerusform>%n revisions in one transaction: all of it is done, or nothing.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n revision(s). One of them commits in its midst, so what is done before a failure stays.</source>
        <translation>
            <numerusform>%n revision. It commits in its midst, so what is done before a failure stays.</numerusform>
            <numerusform>%n revisions. One of them commits in its midst, so what is done before a failure stays.</numerusform>
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
    <message numerus="yes">
        <source>in %n row(s)</source>
        <translation>
            <numerusform>in %n row</numerusform>
            <numerusform>in %n rows</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ProgressView</name>
    <message numerus="yes">
        <source>%n lesson(s)</source>
        <translation>
            <numerusform>%n lesson</numerusform>
            <numerusform>%n lessons</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n student(s)</source>
        <translation>
            <numerusform>%n student</numerusform>
            <numerusform>%n students</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>QuestionCard</name>
    <message numerus="yes">
        <source>%n point(s)</source>
        <translation>
            <numerusform>%n point</numerusform>
            <numerusform>%n points</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>QuestionEditor</name>
    <message numerus="yes">
        <source>%n attempt(s) already answered this question: a change of the right answer will ask whether to regrade them.</source>
        <translation>
            <numerusform>%n attempt already answered this question: a change of the right answer will ask whether to regrade it.</numerusform>
            <numerusform>%n attempts already answered this question: a change of the right answer will ask whether to regrade them.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>QuestionHeader</name>
    <message numerus="yes">
        <source>%n point(s)</source>
        <translation>
            <numerusform>%n point</numerusform>
            <numerusform>%n points</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n question(s)</source>
        <translation>
            <numerusform>%n question</numerusform>
            <numerusform>%n questions</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>QuizEditor</name>
    <message numerus="yes">
        <source>%n minute(s)</source>
        <translation>
            <numerusform>%n minute</numerusform>
            <numerusform>%n minutes</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>QuizOutcome</name>
    <message numerus="yes">
        <source>%n question(s) are not marked by themselves and do not count here.</source>
        <translation>
            <numerusform>%n question is not marked by itself and does not count here.</numerusform>
            <numerusform>%n questions are not marked by themselves and do not count here.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>RegradeDialog</name>
    <message numerus="yes">
        <source>%n in which nothing gives points</source>
        <translation>
            <numerusform>%n in which nothing gives points</numerusform>
            <numerusform>%n in which nothing gives points</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n result(s) change, of which {0} now pass and {1} no longer do. Unchanged: {2}.</source>
        <translation>
            <numerusform>%n result changes, of which {0} now pass and {1} no longer do. Unchanged: {2}.</numerusform>
            <numerusform>%n results change, of which {0} now pass and {1} no longer do. Unchanged: {2}.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n still under way</source>
        <translation>
            <numerusform>%n still under way</numerusform>
            <numerusform>%n still under way</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n whose answers are kept by place</source>
        <translation>
            <numerusform>%n whose answers are kept by place</numerusform>
            <numerusform>%n whose answers are kept by place</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n whose answers cannot be read</source>
        <translation>
            <numerusform>%n whose answers cannot be read</numerusform>
            <numerusform>%n whose answers cannot be read</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n with what only a person can mark</source>
        <translation>
            <numerusform>%n with what only a person can mark</numerusform>
            <numerusform>%n with what only a person can mark</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Change %n result(s)</source>
        <translation>
            <numerusform>Change %n result</numerusform>
            <numerusform>Change %n results</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ResultsOverview</name>
    <message numerus="yes">
        <source>Worked out from %n attempt(s) that ended</source>
        <translation>
            <numerusform>Worked out from %n attempt that ended</numerusform>
            <numerusform>Worked out from %n attempts that ended</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ResultsView</name>
    <message numerus="yes">
        <source>%n attempt(s)</source>
        <translation>
            <numerusform>%n attempt</numerusform>
            <numerusform>%n attempts</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n under way</source>
        <translation>
            <numerusform>%n under way</numerusform>
            <numerusform>%n under way</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n without a score</source>
        <translation>
            <numerusform>%n without a score</numerusform>
            <numerusform>%n without a score</numerusform>
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
    <name>RollbackDialog</name>
    <message numerus="yes">
        <source>Roll back %n revision(s) of {0}?</source>
        <translation>
            <numerusform>Roll back %n revision of {0}?</numerusform>
            <numerusform>Roll back %n revisions of {0}?</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>RunView</name>
    <message numerus="yes">
        <source>%n revision(s) applied.</source>
        <translation>
            <numerusform>%n revision applied.</numerusform>
            <numerusform>%n revisions applied.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n revision(s) rolled back.</source>
        <translation>
            <numerusform>%n revision rolled back.</numerusform>
            <numerusform>%n revisions rolled back.</numerusform>
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
    <name>TakeQuizDialog</name>
    <message numerus="yes">
        <source>This is the quiz as it is saved: %n unsaved change(s) are not in it.</source>
        <translation>
            <numerusform>This is the quiz as it is saved: %n unsaved change is not in it.</numerusform>
            <numerusform>This is the quiz as it is saved: %n unsaved changes are not in it.</numerusform>
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
