using Tandem.Records;

namespace Tandem.Hints;

/// <summary>What a form may say beside a field while somebody fills it in. Immutable.</summary>
/// <param name="Text">A short sentence under the field, such as a cron expression in words. Null for none.</param>
public sealed record FieldHint(string? Text = null)
{
    /// <summary>Nothing to say.</summary>
    public static FieldHint None { get; } = new();

    /// <summary>A value offered for the field; the person takes it or not. Null for none. It has no effect where it is what the field holds.</summary>
    public object? Suggestion { get; init; }

    /// <summary>Values for other fields. They are entered where the person has typed nothing, and saved with the rest. Default: none.</summary>
    public Patch Values { get; init; } = Patch.Empty;
}
