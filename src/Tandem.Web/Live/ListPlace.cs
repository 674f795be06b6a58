using Tandem.Changes;
using Tandem.Querying;
using Tandem.Records;
using Tandem.Schema;

namespace Tandem.Web.Live;

/// <summary>Whether a change may bring a record into a list, out of it or to another place in it.</summary>
internal static class ListPlace
{
    public static bool MayChange(TableSchema schema, Change change, Watched watched) =>
        watched.Deciding is not { } deciding || change.After.Keys.Any(deciding.Contains) || Flips(watched.Filter, schema, change);

    // A change tells only the fields that changed, so the filter as a whole cannot always be judged. Where no condition
    // on a changed field turns, the filter as a whole does not turn either.
    private static bool Flips(Filter filter, TableSchema schema, Change change) => filter switch
    {
        Filter.And and => and.Filters.Any(f => Flips(f, schema, change)),
        Filter.Or or => or.Filters.Any(f => Flips(f, schema, change)),
        Filter.Not not => Flips(not.Inner, schema, change),
        Filter.Compare compare => Turns(compare, compare.Field, schema, change),
        Filter.In among => Turns(among, among.Field, schema, change),
        Filter.Match match => Turns(match, match.Field, schema, change),
        _ => false,
    };

    private static bool Turns(Filter condition, string field, TableSchema schema, Change change) =>
        change.After.TryGetValue(field, out var after)
        && (!change.Before.TryGetValue(field, out var before)
            || FilterEvaluator.Holds(condition, With(schema, field, before)) != FilterEvaluator.Holds(condition, With(schema, field, after)));

    private static Record With(TableSchema schema, string field, object? value) =>
        new(schema, [.. schema.Fields.Select(f => f.Name == field ? value : null)]);
}
