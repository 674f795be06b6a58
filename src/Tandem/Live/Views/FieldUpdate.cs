using Tandem.Changes;
using Tandem.Records;

namespace Tandem.Live.Views;

/// <summary>What a subscriber of fields is told: first all of them, then those that changed.</summary>
/// <param name="Cursor">The place in the changes the values are as of.</param>
/// <param name="Values">The fields and their values now; updates not read yet are merged, the latest value of each.</param>
/// <param name="IsGone">Whether there is no record of that key, or no longer. When it comes back, all fields are told again.</param>
public sealed record FieldUpdate(Cursor Cursor, Patch Values, bool IsGone);
