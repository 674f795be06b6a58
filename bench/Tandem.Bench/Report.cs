using System.Globalization;

namespace Tandem.Bench;

/// <summary>The answers of one run, as a page of Markdown. Every answer stands beside its peer of the same run, and every target beside what was measured.</summary>
internal sealed class Report
{
    private readonly List<string> _lines = [];
    private readonly List<string> _verdicts = [];

    public void Section(string title, params string[] columns)
    {
        Add("");
        Add($"## {title}");
        Add("");
        Add("| " + string.Join(" | ", columns) + " |");
        Add("|" + string.Concat(columns.Select((_, i) => i == 0 ? " --- |" : " ---: |")));
    }

    public void Row(params object[] cells) =>
        Add("| " + string.Join(" | ", cells.Select(c => c is double number ? Text(number) : c.ToString())) + " |");

    public void Say(string sentence)
    {
        Add("");
        Add(sentence);
    }

    /// <summary>Sets a figure beside the most it may be.</summary>
    public void AtMost(string what, double measured, double target, string unit) => Judge(what, measured, "<=", target, unit, measured <= target);

    /// <summary>Sets a figure beside the least it must be.</summary>
    public void AtLeast(string what, double measured, double target, string unit) => Judge(what, measured, ">=", target, unit, measured >= target);

    public void Print(TextWriter writer)
    {
        var cpu = File.Exists("/proc/cpuinfo")
            ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim()
            : null;
        writer.WriteLine($"# Benchmarks of {DateTime.UtcNow:yyyy-MM-dd}");
        writer.WriteLine();
        writer.WriteLine($"Machine: {cpu ?? "unknown processor"}, {Environment.ProcessorCount} cores, {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 1_000_000_000} GB; {Environment.OSVersion}; .NET {Environment.Version}. Server and client share the machine.");
        writer.WriteLine();
        writer.WriteLine("| question | measured | target | |");
        writer.WriteLine("| --- | ---: | ---: | --- |");
        _verdicts.ForEach(writer.WriteLine);
        _lines.ForEach(writer.WriteLine);
    }

    private void Judge(string what, double measured, string sign, double target, string unit, bool isMet) =>
        _verdicts.Add($"| {what} | {Text(measured)} {unit} | {sign} {target.ToString(CultureInfo.InvariantCulture)} {unit} | {(isMet ? "met" : "**missed**")} |");

    private void Add(string line)
    {
        _lines.Add(line);
        Console.Error.WriteLine(line);
    }

    private static string Text(double number) => number.ToString(Math.Abs(number) >= 1000 ? "#,##0" : "0.00", CultureInfo.InvariantCulture);
}
