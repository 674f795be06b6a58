using System.Globalization;
using Tandem.Access;
using Tandem.Admin.Shell;
using Tandem.Changes;
using Tandem.Querying;
using Tandem.Records;
using Tandem.Schema;
using Tandem.Tables;
using Tandem.Web.Addresses;

namespace Tandem.Admin.RecordPages;

/// <summary>Reads what happened to a record and to the records that belong to it.</summary>
internal static class HistoryReader
{
    private const int PageSize = 50;
    private const int LongestOperation = 1_000;

    /// <summary>How many of a table's newest changes are looked through for those of lines and joins.</summary>
    private const int MostOfOthers = 5_000;
    private const int MostOfOwn = 50_000;

    public static async Task<HistoryModel> ReadAsync(PageContext page, TableSchema schema, Record record)
    {
        var query = page.Http.Request.Query;
        var before = long.TryParse(query["before"], NumberStyles.None, CultureInfo.InvariantCulture, out var sequence) ? sequence : long.MaxValue;
        var skip = int.TryParse(query["skip"], NumberStyles.None, CultureInfo.InvariantCulture, out var shown) ? Math.Min(shown, MostOfOwn) : 0;
        var (own, isOwnCut) = await OlderAsync(n => page.Database.HistoryAsync(schema.Name, record.Key, n, page.Aborted), static _ => true, before, skip + PageSize + 1, MostOfOwn);
        List<Change> all = [.. own];
        List<TableSchema> with = [];
        List<string> cut = isOwnCut ? [schema.Label] : [];
        foreach (var table in page.Database.Tables.Where(t => t.Schema.Name != schema.Name))
        {
            foreach (var reference in table.Schema.References.Where(r => r.Target == schema.Name && r.Owns(table.Schema)))
            {
                var belongs = await BelongsAsync(page, table, reference, record);
                var (found, isCut) = await OlderAsync(n => page.Database.HistoryAsync(table.Schema.Name, null, n, page.Aborted), belongs, before, 500, MostOfOthers);
                all.AddRange(found);
                with.Add(table.Schema);
                cut.AddRange(isCut ? [table.Schema.Label] : []);
            }
        }

        List<Change> newest = [.. all.DistinctBy(c => c.Sequence).OrderByDescending(c => c.Sequence)];
        var isMore = newest.Count > PageSize;
        newest = [.. newest.Take(PageSize)];
        var address = Links.Record(schema, record.Key);
        return new HistoryModel(schema, address, await TellAsync(page, schema, newest))
        {
            Key = record.Key.ToString(),
            FormToken = page.Site.Antiforgery.GetAndStoreTokens(page.Http).RequestToken!,
            Older = isMore ? string.Create(CultureInfo.InvariantCulture, $"{address}?tab=history&before={newest[^1].Sequence}&skip={skip + PageSize}") : null,
            With = with,
            CutShort = cut,
        };
    }

    /// <summary>Changes before one, newest first: at most a page and one more. The journal reads from its newest end alone, so more is read until it is enough.</summary>
    private static async Task<(IReadOnlyList<Change> Found, bool IsCut)> OlderAsync(Func<int, Task<IReadOnlyList<Change>>> read, Func<Change, bool> belongs, long before, int first, int most)
    {
        for (var limit = first; ; limit = (int)Math.Min(most, limit * 2L))
        {
            var changes = await read(limit);
            List<Change> found = [.. changes.Where(c => c.Sequence < before && c.Kind != ChangeKind.Reset && belongs(c)).Take(PageSize + 1)];
            if (found.Count > PageSize || changes.Count < limit || limit >= most)
            {
                return (found, found.Count <= PageSize && changes.Count >= limit);
            }
        }
    }

    /// <summary>Tells whether a change is of a record that belongs, or belonged, to this one.</summary>
    private static async Task<Func<Change, bool>> BelongsAsync(PageContext page, ITable table, Reference reference, Record record)
    {
        var schema = table.Schema;
        var values = reference.TargetFields.Select(f => record[f]).ToList();
        var filter = reference.Fields.Select((f, i) => Filter.Eq(f, values[i])).Aggregate(Filter.All, (all, one) => all & one);
        HashSet<RecordKey> known = [];
        if (!reference.Fields.All(schema.IsKeyField))
        {
            known = [.. (await table.QueryAsync(new Query { Filter = filter, First = 1_000, Fields = schema.Key }, page.Aborted)).Records.Select(r => r.Key)];
        }

        bool Refers(Change change) => reference.Fields.Select((f, i) => (Field: f, Value: values[i])).All(r =>
            schema.Key.ToList().IndexOf(r.Field) is >= 0 and var at ? Values.Same(schema[r.Field], change.Key.Values[at], r.Value)
            : (change.Before.TryGetValue(r.Field, out var was) && Values.Same(schema[r.Field], was, r.Value)) || (change.After.TryGetValue(r.Field, out var now) && Values.Same(schema[r.Field], now, r.Value)));
        return change => known.Contains(change.Key) || Refers(change);
    }

    private static async Task<IReadOnlyList<ToldChange>> TellAsync(PageContext page, TableSchema schema, IReadOnlyList<Change> changes)
    {
        Dictionary<string, IReadOnlyList<Change>> operations = [];
        foreach (var operation in changes.Select(c => c.Operation).OfType<string>().Distinct())
        {
            operations[operation] = await page.Database.OperationAsync(operation, LongestOperation + 1, page.Aborted);
        }

        Dictionary<long, HistoryEntry> entries = [];
        foreach (var group in changes.GroupBy(c => c.Table))
        {
            foreach (var entry in await History.EntriesAsync(page, page.Look(group.Key)!.Schema, group, isFull: true))
            {
                entries[entry.Sequence] = entry;
            }
        }

        return [.. changes.Select(c => Tell(page, schema, c, entries[c.Sequence], c.Operation is null ? [] : operations[c.Operation]))];
    }

    private static ToldChange Tell(PageContext page, TableSchema owner, Change change, HistoryEntry entry, IReadOnlyList<Change> together)
    {
        var schema = page.Look(change.Table)!.Schema;
        var records = together.DistinctBy(c => (c.Table, c.Key)).Count();
        var isMine = page.MayAdminister || together.All(c => c.Actor == page.User.Name);
        return new ToldChange(entry, schema, change.Key.ToString())
        {
            IsOther = schema.Name != owner.Name,
            Operation = change.Operation,
            InWords = OperationWords.Of(change.Operation, records),
            OperationRecords = isMine && records > 1 && together.Count <= LongestOperation ? records : 0,
            Sets = TakeBack.Sentences(page, schema, change, entry),
        };
    }
}
