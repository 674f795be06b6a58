using System.Text.Json;
using Tandem.Editing;
using Tandem.Records;
using Tandem.Schema;

namespace Tandem.Tests.Editing;

/// <summary>A record under edit with its saves, from the cases that the browser's draft runs too.</summary>
public sealed class DraftCasesTests
{
    private static readonly JsonElement s_cases = EditCasesTests.Load("records");

    public static TheoryData<string> Names => [.. s_cases.EnumerateArray().Select(c => c.GetProperty("name").GetString()!)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Draft_SharedCase_HoldsAsExpected(string name)
    {
        var one = s_cases.EnumerateArray().Single(c => c.GetProperty("name").GetString() == name);
        var schema = new TableSchema(
            "breads", [.. one.GetProperty("types").EnumerateObject().Select(t => new Field(t.Name, Enum.Parse<FieldType>(t.Value.GetString()!)))], []);
        var start = Read(schema, one.GetProperty("start"));
        var draft = new Draft(schema, f => start[f.Name], new Dictionary<string, FieldPolicy>());
        var sent = (Set: Patch.Empty, Basis: Patch.Empty);
        foreach (var step in one.GetProperty("steps").EnumerateArray().Select(s => s.EnumerateObject().Single()))
        {
            switch (step.Name)
            {
                case "set":
                    foreach (var (field, value) in Read(schema, step.Value))
                    {
                        draft.Set(field, value);
                    }

                    break;
                case "follow":
                    draft.Follow(Read(schema, step.Value), ("Ana", DateTimeOffset.UnixEpoch));
                    break;
                case "submit":
                    sent = draft.ToSend(whole: false);
                    break;
                case "stored":
                    draft.Stored(Read(schema, step.Value), sent.Set, made: null, unsure: false);
                    break;
                default:
                    // A save that failed leaves the draft as it is.
                    Assert.Equal("failed", step.Name);
                    break;
            }
        }

        var wanted = one.GetProperty("expect");
        foreach (var (field, value) in Read(schema, wanted.GetProperty("shown")))
        {
            Assert.True(Values.Same(schema[field], value, draft.Value(field)), $"{field} is '{draft.Value(field)}'");
        }

        Assert.Equal(Strings(wanted, "modified"), draft.Modified);
        Assert.Equal(Strings(wanted, "conflicts"), draft.Conflicts.Select(c => c.Field));
        if (wanted.TryGetProperty("sent", out var set))
        {
            Assert.Equal(Read(schema, set), sent.Set);
            Assert.Equal(Read(schema, wanted.GetProperty("basis")), sent.Basis);
        }
    }

    private static IEnumerable<string> Strings(JsonElement wanted, string name) =>
        wanted.TryGetProperty(name, out var list) ? list.EnumerateArray().Select(s => s.GetString()!) : [];

    private static Patch Read(TableSchema schema, JsonElement values) =>
        new(values.EnumerateObject().Select(v => KeyValuePair.Create(v.Name, EditCasesTests.Value(schema[v.Name], v.Value))));
}
