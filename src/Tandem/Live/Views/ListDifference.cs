using Tandem.Records;

namespace Tandem.Live.Views;

/// <summary>What leads from one list of records to another, row by row.</summary>
internal static class ListDifference
{
    /// <summary>Changes to be applied in order, each to the rows as the one before left them.</summary>
    public static List<WindowChange> Between(IReadOnlyList<Record> before, IReadOnlyList<Record> after)
    {
        List<WindowChange> changes = [];
        List<Record> rows = [.. before];
        HashSet<RecordKey> stay = [.. after.Select(r => r.Key)];
        for (var i = rows.Count - 1; i >= 0; i--)
        {
            if (!stay.Contains(rows[i].Key))
            {
                changes.Add(new WindowChange(i, -1, rows[i], null));
                rows.RemoveAt(i);
            }
        }

        HashSet<RecordKey> had = [.. rows.Select(r => r.Key)];
        for (var i = 0; i < after.Count; i++)
        {
            var record = after[i];
            if (i < rows.Count && rows[i].Key.Equals(record.Key))
            {
                if (!rows[i].DifferencesTo(record).IsEmpty)
                {
                    changes.Add(new WindowChange(i, i, rows[i], record));
                    rows[i] = record;
                }
            }
            else if (had.Contains(record.Key))
            {
                var from = rows.FindIndex(i, r => r.Key.Equals(record.Key));
                changes.Add(new WindowChange(from, i, rows[from], record));
                rows.RemoveAt(from);
                rows.Insert(i, record);
            }
            else
            {
                changes.Add(new WindowChange(-1, i, null, record));
                rows.Insert(i, record);
            }
        }

        return changes;
    }
}
