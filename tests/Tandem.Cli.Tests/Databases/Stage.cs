using System.Text.Json.Nodes;

namespace Tandem.Cli.Tests.Databases;

/// <summary>An entry of the journal, read from the database itself.</summary>
internal sealed record Entry(long Sequence, string Key, string Kind, string Actor, IReadOnlyDictionary<string, string?> Before, IReadOnlyDictionary<string, string?> After);

/// <summary>Chinook in one of the databases, with its customers as another program sees them: values as text.</summary>
internal abstract class Stage : IAsyncDisposable
{
    /// <summary>What the command is told.</summary>
    public abstract string Address { get; }

    public abstract string Table { get; }

    public abstract string Key { get; }

    /// <summary>Text fields, none longer than ten characters would be.</summary>
    public abstract IReadOnlyList<string> Fields { get; }

    /// <summary>How many server processes share the database.</summary>
    public virtual int Nodes => 1;

    public string Record(string key) => $"/api/tables/{Table}/{key}";

    public string Page(string key) => $"/t/{Table}/{key}";

    public abstract Task<IReadOnlyList<IReadOnlyDictionary<string, string?>>> CustomersAsync();

    public abstract Task<IReadOnlyList<Entry>> JournalAsync();

    /// <summary>Writes as a program that knows nothing of Tandem.</summary>
    public abstract Task WriteElsewhereAsync(string key, string field, string value);

    public abstract ValueTask DisposeAsync();

    protected static Entry ReadEntry(IReadOnlyList<object?> row) => new(
        (long)row[0]!, JsonNode.Parse((string)row[1]!)!.AsArray() is [{ } key] ? key.ToString() : "", (string)row[2]!, (string)row[3]!, Texts((string)row[4]!), Texts((string)row[5]!));

    private static Dictionary<string, string?> Texts(string json) => JsonNode.Parse(json)!.AsObject().ToDictionary(p => p.Key, p => p.Value?.ToString());
}
