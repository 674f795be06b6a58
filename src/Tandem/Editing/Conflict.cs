namespace Tandem.Editing;

/// <summary>A field changed on both sides to different values.</summary>
/// <param name="Field">The field's name.</param>
/// <param name="Base">The value the person started from.</param>
/// <param name="Mine">The value they typed.</param>
/// <param name="Theirs">The value the source holds now.</param>
/// <param name="By">Who stored theirs, or null when the journal does not tell.</param>
/// <param name="At">When theirs was stored, or null when the journal does not tell.</param>
public sealed record Conflict(string Field, object? Base, object? Mine, object? Theirs, string? By, DateTimeOffset? At);
