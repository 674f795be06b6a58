using Tandem.Records;

namespace Tandem.Tables;

/// <summary>Refusals that say nothing against the write itself: it was not looked at.</summary>
internal static class OpenAnswers
{
    /// <summary>An earlier write ended the work before this one's turn.</summary>
    public static FieldError Untried { get; } = new("", "It was not tried, since the database ended the work at an earlier write.");

    /// <summary>A trial came to the end of its time.</summary>
    public static FieldError Unchecked { get; } = new("", "It was not checked, since checking takes too long. Saving checks it.");
}
