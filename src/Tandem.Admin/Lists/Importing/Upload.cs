namespace Tandem.Admin.Lists.Importing;

/// <summary>A file somebody sent to be imported, and what became of it.</summary>
internal sealed class Upload(string owner, string table, string name, byte[] content, DateTimeOffset at)
{
    private ImportRun? _run;

    public string Id { get; } = Guid.CreateVersion7(at).ToString("N");

    public string Owner => owner;

    public string Table => table;

    public string Name => name;

    public ReadOnlyMemory<byte> Content => content;

    public DateTimeOffset At => at;

    /// <summary>The import under way or done; null before it begins.</summary>
    public ImportRun? Run => Volatile.Read(ref _run);

    /// <summary>Begins the import unless it has begun already: sending the form twice imports once.</summary>
    public void Start(ImportRun run, Func<ImportRun, Task> work)
    {
        if (Interlocked.CompareExchange(ref _run, run, null) is null)
        {
            _ = work(run);
        }
    }
}
