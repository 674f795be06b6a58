using Tandem.Access;
using Tandem.Querying;
using Tandem.Records;
using Tandem.Tables;
using Tandem.Web.Permits;

namespace Tandem.Web.Rest.Units;

/// <summary>Asks the one decision function for each table and action of a unit, and for the records where only some may be written.</summary>
internal static class UnitRights
{
    private const int KeysPerRead = 1_000;

    /// <returns>The writes, guarded so that the records are still among those permitted when they are written; and those whose record is not there for this user.</returns>
    public static async Task<(List<PlannedWrite> Writes, List<PlannedWrite> Hidden)> CheckAsync(ApiCall call, IReadOnlyList<PlannedWrite> writes)
    {
        var checkedWrites = writes.ToArray();
        List<PlannedWrite> hidden = [];
        foreach (var group in writes.Select((w, i) => (Write: w, Place: i)).GroupBy(w => (w.Write.Table, w.Write.Action)))
        {
            var (table, action) = group.Key;
            var filter = call.Require(table.Schema, action);
            if (filter is Filter.AllFilter)
            {
                continue;
            }

            if (action == TableAction.Add)
            {
                if (!group.All(w => Permitted.Holds(filter, table.Schema, ((Write.Insert)w.Write.Write).Values)))
                {
                    throw ApiProblemException.Forbidden($"{call.User.Name} may not add such a record to '{table.Schema.Name}'. Change its values or ask an administrator.");
                }

                continue;
            }

            string[] fields = [.. FilterFields.Of(filter).Distinct()];
            foreach (var some in group.Chunk(KeysPerRead))
            {
                var records = (await table.GetManyAsync([.. some.Select(w => w.Write.Key!).Distinct()], null, call.Cancelled)).ToDictionary(r => r.Key);
                foreach (var (write, place) in some)
                {
                    if (records.TryGetValue(write.Key!, out var record) && Permitted.Holds(filter, record))
                    {
                        checkedWrites[place] = write with { Write = Guarded(write.Write, record, fields) };
                    }
                    else
                    {
                        hidden.Add(write);
                    }
                }
            }
        }

        return ([.. checkedWrites.Where(w => !hidden.Any(h => h.At == w.At))], hidden);
    }

    private static Write Guarded(Write write, Record record, string[] fields) => write switch
    {
        Write.Update update => update with { Guard = With(update.Guard, record, fields) },
        Write.Delete delete => delete with { Guard = With(delete.Guard, record, fields) },
        _ => write,
    };

    private static Guard With(Guard guard, Record record, string[] fields) =>
        guard with { Base = fields.Where(f => !guard.Base.ContainsKey(f)).Aggregate(guard.Base, (all, f) => all.With(f, record[f])) };
}
