using Tandem.Admin.Shell;
using Tandem.Schema;
using Tandem.Web.Rest.Units;

namespace Tandem.Admin.Lists.Importing;

/// <summary>One step of an import.</summary>
internal sealed record ImportModel(ShellModel Shell, TableSchema Schema)
{
    /// <summary>The file, or null before one was sent.</summary>
    public Upload? Upload { get; init; }

    /// <summary>The file as it is read.</summary>
    public CsvFile? File { get; init; }

    /// <summary>Where its columns go.</summary>
    public ImportMap? Map { get; init; }

    /// <summary>What would become of it.</summary>
    public ImportRun? Trial { get; init; }

    /// <summary>What became of taking it back, where something stays; null otherwise.</summary>
    public UndoOutcome? Undone { get; init; }

    /// <summary>What stands in the way, or null.</summary>
    public string? Error { get; init; }

    /// <summary>What is to be said, or null.</summary>
    public string? Notice { get; init; }
}
