using System.Text.Json;
using Tandem.Editing;
using Tandem.Records;
using Tandem.Schema;
using Tandem.Web.Forms;

namespace Tandem.Admin.RecordPages;

/// <summary>One field of a record page: what it holds, how it is entered and what is to be said about it.</summary>
/// <param name="Field">The field.</param>
/// <param name="Kind">The control.</param>
/// <param name="Stored">The value the record holds.</param>
/// <param name="Text">What the control shows: the stored value, or what was typed before the page came back.</param>
internal sealed record FieldView(Field Field, ControlKind Kind, object? Stored, string? Text)
{
    public string Name => FormNames.Value(Field);

    public required string Id { get; init; }

    /// <summary>Whether the user may enter a value here.</summary>
    public bool IsEditable { get; init; }

    public string? Error { get; init; }

    public Conflict? Conflict { get; init; }

    public ReferenceLabel? Reference { get; init; }

    /// <summary>Where the script asks for hints: a module's address, empty for the server, null for nowhere.</summary>
    public string? Hint { get; init; }

    /// <summary>The table a reference points to.</summary>
    public string? Target { get; init; }

    /// <summary>Where a blob's content can be had.</summary>
    public string? Content { get; init; }

    public bool IsWide => Kind is ControlKind.LongText or ControlKind.Json or ControlKind.Blob;

    public string Display => ValueText.Display(Field, Stored);

    /// <summary>The base value for the script, as JSON: a text or null.</summary>
    public string BaseJson => JsonSerializer.Serialize(Controls.Wire(Kind, Stored));

    /// <summary>For a conflict, what the person started from, as JSON.</summary>
    public string? StartJson => Conflict is null ? null : JsonSerializer.Serialize(Controls.Wire(Kind, Conflict.Base));

    public string? Step => Field.Type switch
    {
        _ when Kind is ControlKind.Time or ControlKind.DateTime or ControlKind.Instant => "any",
        FieldType.Integer => "1",
        FieldType.Decimal when Field.Scale is > 0 and < 12 => "0." + new string('0', Field.Scale.Value - 1) + "1",
        FieldType.Decimal when Field.Scale == 0 => "1",
        FieldType.Decimal or FieldType.Float => "any",
        _ => null,
    };
}
