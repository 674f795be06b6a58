using System.CommandLine;

namespace Tandem.Cli.Serve;

/// <summary>A table whose records are active or inactive, as the command line says it: <c>offers:is_active,from=valid_from,until=valid_until</c>.</summary>
/// <param name="Table">The table.</param>
/// <param name="Active">The field everything goes by.</param>
/// <param name="Parts">The other fields by <c>switch</c>, <c>from</c>, <c>until</c> and <c>mask</c>, and the time zone by <c>zone</c>.</param>
internal sealed record ActivatableOption(string Table, string Active, IReadOnlyDictionary<string, string> Parts)
{
    private static readonly string[] s_parts = ["switch", "from", "until", "mask", "zone"];

    public static Option<ActivatableOption[]> Create() => new("--activatable")
    {
        Description = "A table whose records are active or inactive: offers:is_active,from=valid_from,until=valid_until; also switch=, mask= (times of the week) and zone=. May be given several times.",
        AllowMultipleArgumentsPerToken = false,
        CustomParser = result =>
        {
            List<ActivatableOption> tables = [];
            foreach (var text in result.Tokens.Select(t => t.Value))
            {
                if (TryParse(text) is { } table)
                {
                    tables.Add(table);
                }
                else
                {
                    result.AddError($"--activatable '{text}' cannot be read. Write offers:is_active or offers:is_active,from=valid_from,until=valid_until");
                }
            }

            return [.. tables];
        },
    };

    public static ActivatableOption? TryParse(string text)
    {
        var colon = text.LastIndexOf(':');
        var items = text[(colon + 1)..].Split(',', StringSplitOptions.TrimEntries);
        var pairs = items.Skip(1).Select(i => i.Split('=', 2, StringSplitOptions.TrimEntries)).ToList();
        return colon > 0 && items[0].Length > 0 && pairs.All(p => p is [_, { Length: > 0 }] && s_parts.Contains(p[0])) && pairs.DistinctBy(p => p[0]).Count() == pairs.Count
            ? new ActivatableOption(text[..colon], items[0], pairs.ToDictionary(p => p[0], p => p[1], StringComparer.Ordinal))
            : null;
    }

    /// <summary>Tells an application.</summary>
    public void AddTo(TandemOptions options)
    {
        string? Part(string name) => Parts.GetValueOrDefault(name);
        options.Activatable(Table, Active, Part("switch"), Part("from"), Part("until"), Part("mask"), Part("zone"));
    }
}
