using System.Net;

namespace Tandem.Cli.Tests.Together;

/// <summary>One write as its client saw it.</summary>
/// <param name="Way">The write path.</param>
/// <param name="Key">The record.</param>
/// <param name="Base">What the client started from; for a deletion the whole record.</param>
/// <param name="Set">What it asked for; values are used once in all. Empty for a deletion.</param>
/// <param name="Answer">The answer, or null when none came.</param>
/// <param name="IsOwned">Whether nobody else writes these fields, so that a conflict would be wrong.</param>
internal sealed record Attempt(
    Way Way, string Key, IReadOnlyDictionary<string, string?> Base, IReadOnlyDictionary<string, string?> Set, HttpStatusCode? Answer, bool IsOwned)
{
    public bool IsAcknowledged => Answer is HttpStatusCode.OK or HttpStatusCode.Created or HttpStatusCode.NoContent or HttpStatusCode.SeeOther;
}

internal enum Way
{
    Form,
    Merge,
    Patch,
    Delete,
    Create,
}
