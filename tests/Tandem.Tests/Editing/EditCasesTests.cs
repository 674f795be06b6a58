using System.Text.Json;
using Tandem.Editing;
using Tandem.Records;
using Tandem.Schema;

namespace Tandem.Tests.Editing;

/// <summary>The rules of one field under edit, from the cases that the browser's edit runs too.</summary>
public sealed class EditCasesTests
{
    private static readonly JsonElement s_cases = Load("cases");

    public static TheoryData<string> Names => [.. s_cases.EnumerateArray().Select(c => c.GetProperty("name").GetString()!)];

    [Theory]
    [MemberData(nameof(Names))]
    public void FieldEdit_SharedCase_HoldsAsExpected(string name)
    {
        var one = s_cases.EnumerateArray().Single(c => c.GetProperty("name").GetString() == name);
        var field = new Field("field", Enum.Parse<FieldType>(one.GetProperty("type").GetString()!));
        var edit = FieldEdit.Start(Value(field, one.GetProperty("start")));
        foreach (var step in one.GetProperty("steps").EnumerateArray().Select(s => s.EnumerateObject().Single()))
        {
            edit = step.Name switch
            {
                "set" => edit.Set(field, Value(field, step.Value)),
                "follow" => edit.Follow(field, Value(field, step.Value)),
                "revert" => edit.Revert(),
                _ => edit.KeepMine(field),
            };
        }

        foreach (var wanted in one.GetProperty("expect").EnumerateObject())
        {
            switch (wanted.Name)
            {
                case "touched":
                    Assert.Equal(wanted.Value.GetBoolean(), edit.IsTouched);
                    break;
                case "modified":
                    Assert.Equal(wanted.Value.GetBoolean(), edit.IsModified(field));
                    break;
                case "conflict":
                    Assert.Equal(wanted.Value.GetBoolean(), edit.IsConflict(field));
                    break;
                default:
                    var actual = wanted.Name switch { "value" => edit.Value, "base" => edit.Base, _ => edit.Theirs };
                    Assert.True(Values.Same(field, Value(field, wanted.Value), actual), $"{wanted.Name} is '{actual}'");
                    break;
            }
        }
    }

    internal static object? Value(Field field, JsonElement text)
    {
        if (text.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        Assert.True(ValueText.TryParse(field, text.GetString()!, out var value, out var error), error);
        return value;
    }

    internal static JsonElement Load(string part)
    {
        using var stream = typeof(EditCasesTests).Assembly.GetManifestResourceStream("edit-cases.json")!;
        using var document = JsonDocument.Parse(stream);
        return document.RootElement.GetProperty(part).Clone();
    }
}
