using FsCheck;
using FsCheck.Fluent;
using Tandem.Editing;
using Tandem.Records;
using Tandem.Schema;

namespace Tandem.Tests.Editing;

/// <summary>The algebra of a record under edit, for any sequence of steps. A failure tells the seed to replay it with.</summary>
public sealed class DraftTests
{
    private static readonly TableSchema s_schema = new("t", [.. "abcd".Select(c => new Field(c.ToString(), FieldType.Integer))], ["a"]);
    private static readonly Gen<string> s_fields = Gen.Elements("a", "b", "c", "d");
    private static readonly Gen<object?> s_values = Gen.Elements(null, 1L, 2L, (object?)3L);
    private static readonly FieldPolicy[] s_all = [FieldPolicy.Ask, FieldPolicy.Mine, FieldPolicy.Theirs, FieldPolicy.Max, FieldPolicy.Min, FieldPolicy.Add, FieldPolicy.Union];

    private static readonly Gen<Step[]> s_steps =
        (from kind in Gen.Choose(0, 5) from field in s_fields from value in s_values select new Step(kind, field, value)).ArrayOf();

    [Fact]
    public void Steps_OfAnyKindUnderAnyPolicy_KeepTheInvariants()
    {
        var cases = from steps in s_steps from policies in Gen.Elements(s_all).ArrayOf(4) select (steps, policies);
        Prop.ForAll(cases.ToArbitrary(), c =>
        {
            var draft = Run(c.steps, c.policies);
            var modified = draft.Modified;
            var (set, basis) = draft.ToSend(whole: false);
            return draft.Conflicts.All(f => modified.Contains(f.Field) && c.policies["abcd".IndexOf(f.Field[0], StringComparison.Ordinal)] is var p && (p == FieldPolicy.Ask || p == FieldPolicy.Add || p == FieldPolicy.Union))
                && set.Keys.SequenceEqual(modified) && basis.Keys.SequenceEqual(modified)
                && modified.All(f => Same(draft.Value(f), set[f]) && !Same(draft.Value(f), Theirs(c.steps, f)));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));
    }

    [Fact]
    public void EditsOfOtherFields_SavedInAnyOrder_EndTheSame()
    {
        var cases = from mine in Edits("a", "b") from theirs in Edits("c", "d") select (mine, theirs);
        Prop.ForAll(cases.ToArbitrary(), c =>
        {
            // One draft hears the other's save before typing, between or after: what it shows and sends is the same.
            var after = New();
            c.mine.ToList().ForEach(m => after.Set(m.Field, m.Value));
            after.Follow(Pairs(c.theirs), null);
            var before = New();
            before.Follow(Pairs(c.theirs), null);
            c.mine.ToList().ForEach(m => before.Set(m.Field, m.Value));
            return after.Values.SequenceEqual(before.Values) && after.Conflicts.Count == 0 && before.Conflicts.Count == 0
                && after.ToSend(false).Set.SequenceEqual(before.ToSend(false).Set)
                && after.ToSend(false).Basis.SequenceEqual(before.ToSend(false).Basis);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Follow_OfWhatWasTyped_SettlesTheRecord() => CheckDrafts((draft, _) =>
    {
        draft.Follow(s_schema.Fields.Select(f => KeyValuePair.Create(f.Name, draft.Value(f.Name))), null);
        return draft.Modified.Count == 0 && draft.Conflicts.Count == 0 && !draft.IsTouched;
    });

    [Fact]
    public void Revert_OfEveryField_ShowsTheirsAndLeavesNothing() => CheckDrafts((draft, steps) =>
    {
        foreach (var field in s_schema.Fields)
        {
            draft.Resolve(field.Name, Resolution.Theirs);
        }

        return !draft.IsTouched && draft.Conflicts.Count == 0 && s_schema.Fields.All(f => Same(draft.Value(f.Name), Theirs(steps, f.Name)));
    });

    [Fact]
    public void Resolve_OfEveryConflict_LeavesNoneAndShowsWhatWasChosen() => Prop.ForAll(
        (from steps in s_steps from choices in Gen.Choose(0, 2).ArrayOf(4) from merged in s_values select (steps, choices, merged)).ToArbitrary(), c =>
        {
            var draft = Run(c.steps, []);
            foreach (var conflict in draft.Conflicts)
            {
                var choice = c.choices["abcd".IndexOf(conflict.Field[0], StringComparison.Ordinal)];
                draft.Resolve(conflict.Field, choice switch { 0 => Resolution.Mine, 1 => Resolution.Theirs, _ => Resolution.Merged(c.merged) });
                if (!Same(draft.Value(conflict.Field), choice switch { 0 => conflict.Mine, 1 => conflict.Theirs, _ => c.merged }))
                {
                    return false;
                }
            }

            return draft.Conflicts.Count == 0 && draft.ToSend(false).Basis.All(b => Same(b.Value, Theirs(c.steps, b.Key)) || !Same(draft.Value(b.Key), Theirs(c.steps, b.Key)));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Stored_AsSent_LeavesNothingButWhatWasTypedMeanwhile() => Prop.ForAll(
        (from steps in s_steps from field in s_fields from value in s_values select (steps, field, value)).ToArbitrary(), c =>
        {
            var draft = Run(c.steps, []);
            var (set, _) = draft.ToSend(false);
            draft.Set(c.field, c.value);
            var stored = new Patch(s_schema.Fields.Select(f => KeyValuePair.Create(f.Name, set.TryGetValue(f.Name, out var sent) ? sent : Theirs(c.steps, f.Name))));
            draft.Stored(stored, set, null, unsure: false);
            return Same(draft.Value(c.field), c.value) && draft.Modified.All(f => f == c.field) && draft.Conflicts.Count == 0;
        }).QuickCheckThrowOnFailure();

    private static void CheckDrafts(Func<Draft, Step[], bool> holds) => Prop.ForAll(s_steps.ToArbitrary(), steps => holds(Run(steps, []), steps)).QuickCheckThrowOnFailure();

    private static Gen<(string Field, object? Value)[]> Edits(string one, string other) =>
        (from field in Gen.Elements(one, other) from value in s_values select (field, value)).ArrayOf();

    private static IEnumerable<KeyValuePair<string, object?>> Pairs((string Field, object? Value)[] edits) => new Patch(edits.Select(e => KeyValuePair.Create(e.Field, e.Value)));

    private static Draft New(params FieldPolicy[] policies) =>
        new(s_schema, _ => 1L, policies.Select((p, i) => (Field: "abcd"[i].ToString(), Policy: p)).ToDictionary(p => p.Field, p => p.Policy));

    /// <summary>What the source was last heard to hold.</summary>
    private static object? Theirs(Step[] steps, string field) => steps.LastOrDefault(s => s.Kind is 1 or 2 && s.Field == field) is { } heard ? heard.Value : 1L;

    private static Draft Run(Step[] steps, FieldPolicy[] policies)
    {
        var draft = New(policies);
        foreach (var (kind, field, value) in steps)
        {
            switch (kind)
            {
                case 0:
                    draft.Set(field, value);
                    break;
                case 1:
                case 2:
                    draft.Follow(Patch.Of(field, value), ("Ann", DateTimeOffset.UnixEpoch));
                    break;
                case 3:
                    draft.Resolve(field, Resolution.Theirs);
                    break;
                case 4:
                    draft.Resolve(field, Resolution.Mine);
                    break;
                default:
                    draft.Resolve(field, Resolution.Merged(value));
                    break;
            }
        }

        return draft;
    }

    private static bool Same(object? a, object? b) => Values.Same(a, b);

    private sealed record Step(int Kind, string Field, object? Value);
}
