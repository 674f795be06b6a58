using System.Globalization;

namespace Tandem.Bench;

/// <summary>The answers of one run, as a page of Markdown. Every answer stands beside its peer of the same run.</summary>
internal sealed class Report
{
    private readonly List<string> _lines = [];

    public void Section(string title, params string[] columns)
    {
        _lines.Add("");
        _lines.Add($"## {title}");
        _lines.Add("");
        _lines.Add("| " + string.Join(" | ", columns) + " |");
        _lines.Add("|" + string.Concat(columns.Select((_, i) => i == 0 ? " --- |" : " ---: |")));
    }

    public void Row(params object[] cells) =>
        _lines.Add("| " + string.Join(" | ", cells.Select(c => c is double number ? number.ToString("0.00", CultureInfo.InvariantCulture) : c.ToString())) + " |");

    public void Say(string sentence)
    {
        _lines.Add("");
        _lines.Add(sentence);
    }

    public void Print(TextWriter writer)
    {
        var cpu = File.Exists("/proc/cpuinfo")
            ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim()
            : null;
        writer.WriteLine($"# Benchmarks of {DateTime.UtcNow:yyyy-MM-dd}");
        writer.WriteLine();
        writer.WriteLine($"Machine: {cpu ?? "unknown processor"}, {Environment.ProcessorCount} cores, {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 1_000_000_000} GB; {Environment.OSVersion}; .NET {Environment.Version}. Server and client share the machine.");
        foreach (var line in _lines)
        {
            writer.WriteLine(line);
        }
    }
}
