using FsCheck;
using FsCheck.Fluent;
using Tandem.Editing;
using Tandem.Records;
using Tandem.Schema;

namespace Tandem.Tests.Editing;

/// <summary>The algebra of one field under edit, for any sequence of steps. A failure tells the seed to replay it with.</summary>
public sealed class FieldEditTests
{
    private static readonly Field s_field = new("f", FieldType.Decimal);

    private static readonly Gen<(int Step, object? Value)[]> s_steps =
        (from step in Gen.Choose(0, 3) from value in Gen.Elements(null, 1m, 1.0m, 2m, (object?)3m) select (step, value)).ArrayOf();

    [Fact]
    public void Field_NobodyTouched_ShowsTheirsAndHasNothingToSave() => Check((edit, _) =>
        edit.IsTouched || (Same(edit.Value, edit.Theirs) && Same(edit.Base, edit.Theirs) && !edit.IsModified(s_field) && !edit.IsConflict(s_field)));

    [Fact]
    public void Field_Touched_HoldsMineWhateverTheirsBecomes() => Check((edit, value) =>
        !edit.IsTouched || Same(edit.Follow(s_field, value).Value, edit.Mine));

    [Fact]
    public void Field_WhoseTheirsBecomesMine_IsSettled() => Check((edit, _) =>
    {
        var settled = edit.Follow(s_field, edit.Value);
        return !settled.IsTouched && !settled.IsModified(s_field) && !settled.IsConflict(s_field);
    });

    [Fact]
    public void Conflict_IsExactlyTouchedWithTheirsOffBaseAndMine() => Check((edit, _) =>
        edit.IsConflict(s_field) == (edit.IsTouched && !Same(edit.Theirs, edit.Base) && !Same(edit.Theirs, edit.Mine)));

    [Fact]
    public void KeepMine_SettlesTheConflictAndKeepsTheValue() => Check((edit, _) =>
    {
        var kept = edit.KeepMine(s_field);
        return !kept.IsConflict(s_field) && Same(kept.Value, edit.Value) && Same(kept.Base, edit.Theirs);
    });

    [Fact]
    public void Revert_GivesTheFieldBack() => Check((edit, _) => edit.Revert() == FieldEdit.Start(edit.Theirs));

    [Fact]
    public void Steps_Repeated_ChangeNothing() => Check((edit, value) =>
        edit.Set(s_field, value).Set(s_field, value).Equals(edit.Set(s_field, value))
        && edit.Follow(s_field, value).Follow(s_field, value).Equals(edit.Follow(s_field, value))
        && edit.KeepMine(s_field).KeepMine(s_field).Equals(edit.KeepMine(s_field)));

    [Fact]
    public void EditsOfOtherFields_InAnyOrder_EndTheSame() => Check((edit, value) =>
        // What another person saves and what I type meet in either order.
        !edit.IsTouched || Same(edit.Set(s_field, value).Follow(s_field, edit.Theirs).Value, edit.Follow(s_field, edit.Theirs).Set(s_field, value).Value));

    private static void Check(Func<FieldEdit, object?, bool> holds)
    {
        var cases = from steps in s_steps from value in Gen.Elements(null, 1m, 2m, (object?)4m) select (steps, value);
        Prop.ForAll(cases.ToArbitrary(), c => holds(Run(c.steps), c.value)).QuickCheckThrowOnFailure();
    }

    private static FieldEdit Run((int Step, object? Value)[] steps) => steps.Aggregate(FieldEdit.Start(1m), (edit, s) => s.Step switch
    {
        0 => edit.Set(s_field, s.Value),
        1 => edit.Follow(s_field, s.Value),
        2 => edit.Revert(),
        _ => edit.KeepMine(s_field),
    });

    private static bool Same(object? a, object? b) => Values.Same(s_field, a, b);
}
