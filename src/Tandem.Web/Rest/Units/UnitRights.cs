using Tandem.Access;
using Tandem.Records;

namespace Tandem.Web.Rest.Units;

/// <summary>What a user may make of the writes of a unit.</summary>
/// <param name="Writes">Those that may be made.</param>
/// <param name="Hidden">Those whose record is not there for this user.</param>
/// <param name="Faults">Those whose record may be looked at but not written.</param>
internal sealed record CheckedWrites(List<PlannedWrite> Writes, List<PlannedWrite> Hidden, List<UnitFault> Faults);

/// <summary>Asks the one decision function for each table and action of a unit, and for the records where only some may be written, so that the answer can say why. The writes themselves ask again.</summary>
internal static class UnitRights
{
    private const int KeysPerRead = 1_000;

    public static async Task<CheckedWrites> CheckAsync(ApiCall call, IReadOnlyList<PlannedWrite> writes)
    {
        HashSet<int> hidden = [];
        Dictionary<int, UnitFault> faults = [];
        foreach (var group in writes.GroupBy(w => (Table: w.Table.Schema.Name, w.Action)))
        {
            var (table, action) = (call.Table(group.Key.Table), group.Key.Action);
            call.Require(table.Schema, action);
            var decision = table.DecisionOf(action);
            if (decision.Filter is Querying.Filter.AllFilter || action == TableAction.Add)
            {
                continue;
            }

            foreach (var some in group.Where(w => w.Key!.Values.All(v => v is not TemporaryKey)).Chunk(KeysPerRead))
            {
                var records = (await table.GetManyAsync([.. some.Select(w => w.Key!).Distinct()], null, call.Cancelled)).ToDictionary(r => r.Key);
                foreach (var write in some)
                {
                    if (!records.TryGetValue(write.Key!, out var record))
                    {
                        hidden.Add(write.At);
                    }
                    else if (!decision.Allows(record))
                    {
                        faults[write.At] = new UnitFault(write.At, table.Schema.Name, write.Key!.ToString(), new FieldError("", ApiCall.NotYours(call.User, table.Schema, action)));
                    }
                }
            }
        }

        return new CheckedWrites([.. writes.Where(w => !hidden.Contains(w.At) && !faults.ContainsKey(w.At))], [.. writes.Where(w => hidden.Contains(w.At))], [.. faults.Values]);
    }
}
