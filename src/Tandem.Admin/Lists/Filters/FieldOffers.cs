using Tandem.Schema;
using Tandem.Web.Forms;

namespace Tandem.Admin.Lists.Filters;

/// <summary>Fields under one heading, each with its path and label.</summary>
internal sealed record FieldOffer(string Heading, IReadOnlyList<(FieldPath Path, string Label)> Fields);

/// <summary>
/// The fields a filter may go by: the table's own, those of records it refers to, those of records that refer to it, and what stands behind a join table.
/// </summary>
internal static class FieldOffers
{
    private const int MostFields = 400;

    public static IReadOnlyList<FieldOffer> Of(TableSchema schema, ITies ties)
    {
        List<FieldOffer> offers = [Offer(schema.Label, schema, [], schema, ties)];
        foreach (var step in References(schema, ties))
        {
            var target = ties.Follow(schema, step).Schema;
            offers.Add(Offer(Said(schema, step), target, [step], schema, ties));
            offers.AddRange(References(target, ties).Select(s => Offer($"{Said(schema, step)} › {Said(target, s)}", ties.Follow(target, s).Schema, [step, s], schema, ties)));
        }

        foreach (var (table, field) in ties.Referring(schema).Where(r => !r.Table.IsSystem))
        {
            var through = FieldPath.Through(table.Name, field);
            offers.Add(Offer(table.Label, table, [through], schema, ties));
            offers.AddRange(References(table, ties).Where(s => s != field)
                .Select(s => Offer($"{table.Label} › {Said(table, s)}", ties.Follow(table, s).Schema, [through, s], schema, ties)));
        }

        var left = MostFields;
        return [.. offers.Where(o => o.Fields.Count > 0).TakeWhile(o => (left -= o.Fields.Count) >= 0 || ReferenceEquals(o, offers[0]))];
    }

    private static string Said(TableSchema schema, string field) => FieldLabels.Of(schema, schema[field]);

    private static IEnumerable<string> References(TableSchema schema, ITies ties) =>
        schema.References.Where(r => r.Fields.Count == 1 && schema.Find(r.Fields[0]) is { IsSecret: false } && ties.Find(r.Target) is not null).Select(r => r.Fields[0]).Distinct();

    private static FieldOffer Offer(string heading, TableSchema at, IReadOnlyList<string> steps, TableSchema from, ITies ties) =>
        new(heading, [.. at.Fields.Where(f => !f.IsSecret && Operators.Offered(at, f).Count > 0).Select(f =>
        {
            var path = new FieldPath([.. steps, f.Name]);
            return (path, path.Say(from, ties));
        })]);
}
