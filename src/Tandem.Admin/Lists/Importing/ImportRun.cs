namespace Tandem.Admin.Lists.Importing;

/// <summary>One field of one line as it is and would be.</summary>
internal sealed record ImportDifference(int Line, string Record, string Field, string Before, string After);

/// <summary>A line that cannot be written.</summary>
internal sealed record ImportFault(CsvLine Line, string Why);

/// <summary>How far an import is, tried or done. Written by one, read by many.</summary>
internal sealed class ImportRun(string operation)
{
    public const int MostDifferences = 50;

    private readonly Lock _lock = new();
    private readonly List<ImportDifference> _differences = [];
    private readonly List<ImportFault> _faults = [];
    private int _new;
    private int _changed;
    private int _unchanged;
    private int _unchecked;

    /// <summary>What the journal calls it.</summary>
    public string Operation => operation;

    public int New => Volatile.Read(ref _new);

    public int Changed => Volatile.Read(ref _changed);

    public int Unchanged => Volatile.Read(ref _unchanged);

    /// <summary>Lines that a trial did not come to.</summary>
    public int Unchecked => Volatile.Read(ref _unchecked);

    /// <summary>The names of the file's columns, as the person read it.</summary>
    public IReadOnlyList<string> Header { get; init; } = [];

    public int Lines => New + Changed + Unchanged + Unchecked + Faults.Count;

    /// <summary>Whether it has ended.</summary>
    public bool IsDone { get; private set; }

    /// <summary>Whether lines were left that nobody looked at.</summary>
    public bool IsCut { get; private set; }

    /// <summary>Why it ended early, or null.</summary>
    public string? Failure { get; private set; }

    public IReadOnlyList<ImportFault> Faults
    {
        get
        {
            lock (_lock)
            {
                return [.. _faults];
            }
        }
    }

    public IReadOnlyList<ImportDifference> Differences
    {
        get
        {
            lock (_lock)
            {
                return [.. _differences];
            }
        }
    }

    public void AddNew() => Interlocked.Increment(ref _new);

    public void AddChanged() => Interlocked.Increment(ref _changed);

    public void AddUnchanged() => Interlocked.Increment(ref _unchanged);

    public void AddUnchecked() => Interlocked.Increment(ref _unchecked);

    public void Add(ImportFault fault)
    {
        lock (_lock)
        {
            _faults.Add(fault);
        }
    }

    public void Add(IEnumerable<ImportDifference> differences)
    {
        lock (_lock)
        {
            _differences.AddRange(differences.Take(MostDifferences - _differences.Count));
        }
    }

    public void End(bool isCut = false, string? failure = null) => (IsCut, Failure, IsDone) = (isCut, failure, true);
}
