using Tandem.Access;
using Tandem.Records;

namespace Tandem.Web.Rest.Units;

/// <summary>Asks the one decision function for each table and action of a unit, and for the records where only some may be written, so that the answer can say why. The writes themselves ask again.</summary>
internal static class UnitRights
{
    private const int KeysPerRead = 1_000;

    /// <returns>The writes whose records are there for this user, and those whose are not.</returns>
    public static async Task<(List<PlannedWrite> Writes, List<PlannedWrite> Hidden)> CheckAsync(ApiCall call, IReadOnlyList<PlannedWrite> writes)
    {
        HashSet<int> hidden = [];
        foreach (var group in writes.GroupBy(w => (Table: w.Table.Schema.Name, w.Action)))
        {
            var table = call.Table(group.Key.Table);
            call.Require(table.Schema, group.Key.Action);
            var decision = table.DecisionOf(group.Key.Action);
            if (decision.Filter is Querying.Filter.AllFilter || group.Key.Action == TableAction.Add)
            {
                continue;
            }

            foreach (var some in group.Where(w => w.Key!.Values.All(v => v is not TemporaryKey)).Chunk(KeysPerRead))
            {
                var records = await table.GetManyAsync([.. some.Select(w => w.Key!).Distinct()], null, call.Cancelled);
                var allowed = records.Where(decision.Allows).Select(r => r.Key).ToHashSet();
                hidden.UnionWith(some.Where(w => !allowed.Contains(w.Key!)).Select(w => w.At));
            }
        }

        return ([.. writes.Where(w => !hidden.Contains(w.At))], [.. writes.Where(w => hidden.Contains(w.At))]);
    }
}
