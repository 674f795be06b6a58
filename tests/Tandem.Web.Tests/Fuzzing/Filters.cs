namespace Tandem.Web.Tests.Fuzzing;

/// <summary>Filters, orders and pages as an address carries them: right ones, wrong ones, deep and long ones.</summary>
internal sealed class Filters(Arsenal arsenal)
{
    private static readonly string[] s_operators = ["eq", "ne", "gt", "ge", "lt", "le", "EQ", "=", "like", "in"];
    private static readonly string[] s_functions = ["contains", "startswith", "endswith", "contains", "substring", "sleep"];

    public string Filter(IReadOnlyList<string> fields) => arsenal.Upto(16) switch
    {
        0 => new string('(', 20_000) + "id eq 1" + new string(')', 20_000),
        1 => string.Concat(Enumerable.Repeat("not ", arsenal.Upto(5000))) + Term(fields),
        2 => $"{Name(fields)} in ({string.Join(',', Enumerable.Range(0, arsenal.Upto(4000)))})",
        3 => string.Join(" and ", Enumerable.Repeat(Term(fields), arsenal.Upto(600))),
        4 => string.Join(" or ", Enumerable.Range(0, arsenal.Upto(300)).Select(i => $"(id eq {i} and not ({Term(fields)}))")),
        5 => arsenal.Text(),
        _ => string.Join(arsenal.Pick<string>([" and ", " or ", " xor ", " "]), Enumerable.Range(0, 1 + arsenal.Upto(3)).Select(_ => Term(fields))),
    };

    public string Option(string name, IReadOnlyList<string> fields) => name switch
    {
        "$filter" => Filter(fields),
        "$orderby" => string.Join(',', Enumerable.Range(0, arsenal.Upto(arsenal.Chance(0.05) ? 500 : 4)).Select(_ => Name(fields) + arsenal.Pick<string>(["", " desc", " asc", " down", " desc desc"]))),
        "$select" => string.Join(',', Enumerable.Range(0, arsenal.Upto(5)).Select(_ => Name(fields))),
        "$first" or "first" => arsenal.Pick<string>(["1", "1000", "1001", "0", "-1", "1e3", "99999999999999999999", "٣", arsenal.Text()]),
        "$count" => arsenal.Pick<string>(["true", "false", "TRUE", "1", arsenal.Text()]),
        "$after" => arsenal.Chance(0.5) ? Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(arsenal.Json())) : arsenal.Text(),
        _ => arsenal.Text(),
    };

    private string Term(IReadOnlyList<string> fields) => arsenal.Upto(4) switch
    {
        0 => $"{arsenal.Pick(s_functions)}({Name(fields)},{Literal()})",
        1 => $"{Name(fields)} in ({Literal()},{Literal()})",
        _ => $"{Name(fields)} {arsenal.Pick(s_operators)} {Literal()}",
    };

    private string Name(IReadOnlyList<string> fields) =>
        arsenal.Chance(0.1) || fields.Count == 0 ? $"\"{arsenal.Text()}\"" : $"\"{arsenal.Pick(fields).Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private string Literal() => arsenal.Upto(5) switch
    {
        0 => arsenal.Pick<string>(["null", "true", "false", "1", "-1.5", "1e400", "99999999999999999999999999999999"]),
        1 => arsenal.Text(),
        _ => $"'{arsenal.Text().Replace("'", "''", StringComparison.Ordinal)}'",
    };
}
