using Microsoft.EntityFrameworkCore;
using Tandem.Editing;
using Tandem.Live;
using Tandem.Records;

namespace Tandem.Bench;

/// <summary>Eight people edit one record, each a field of their own. How many saves get through, beside EF Core's loop over a row version?</summary>
internal static class HotRecord
{
    private const int Writers = 8;
    private const int Saves = 800;
    private const int Rounds = 7;
    private static readonly string[] s_fields = ["a", "b", "c", "d", "e", "f", "g", "h"];

    public static async Task RunAsync(Stage stage, Report report)
    {
        var database = await stage.PgAsync();
        await using var table = await LiveTable.OpenAsync(database.Find("hot")!);
        var entities = ItemsContext.OptionsOf(stage.PlainPostgres + GuardedSave.Prepared);
        long retries = 0;
        var (opened, kept) = (new RecordKey(1L), new RecordKey(2L));
        var values = new long[3];
        List<RecordEdit> edits = [];
        foreach (var field in s_fields)
        {
            edits.Add((await table.EditAsync(kept, "writer of " + field, database))!);
        }

        var times = await Timing.InTurnsAsync(
            Rounds,
            () => ManyAsync(0, async (w, value) =>
            {
                await using var context = new ItemsContext(entities);
                var hot = await context.Hots.SingleAsync(h => h.Id == 1);
                var entry = context.Entry(hot);
                while (true)
                {
                    entry.Property(s_fields[w].ToUpperInvariant()).CurrentValue = (int)value;
                    try
                    {
                        await context.SaveChangesAsync();
                        return;
                    }
                    catch (DbUpdateConcurrencyException)
                    {
                        Interlocked.Increment(ref retries);
                        await entry.ReloadAsync();
                    }
                }
            }),
            () => ManyAsync(1, async (w, value) =>
            {
                using var edit = (await table.EditAsync(opened, "writer of " + s_fields[w], database))!;
                await SaveAsync(edit, w, value);
            }),
            () => ManyAsync(2, (w, value) => SaveAsync(edits[w], w, value)));
        edits.ForEach(e => e.Dispose());
        report.Section("One hot record, 8 writers, each a field of their own", "saves of one field", "saves/s", "x EF Core");
        report.Row("EF Core: load, set, save; on a conflict reload and again", Saves / times[0], 1.0);
        report.Row("Tandem: open an edit on a live table, set, save, close", Saves / times[1], times[0] / times[1]);
        report.Row("Tandem: an edit that stays open, set, save", Saves / times[2], times[0] / times[2]);
        report.Say($"EF Core met {retries / (double)((Rounds + 1) * Saves):0.00} conflicts per save; Tandem showed none to anybody.");
        report.AtLeast("8 writers on one hot record, open, set, save", times[0] / times[1], 3, "x EF Core's row-version loop");

        async Task ManyAsync(int contender, Func<int, long, Task> save)
        {
            var start = values[contender];
            await Task.WhenAll(Enumerable.Range(0, Writers).Select(async w =>
            {
                for (var i = 1; i <= Saves / Writers; i++)
                {
                    await save(w, start + i);
                }
            }));
            values[contender] += Saves / Writers;
        }

        static async Task SaveAsync(RecordEdit edit, int writer, long value)
        {
            edit.Set(s_fields[writer], value);
            if (await edit.SaveAsync() is var result && result is not SaveResult.Saved)
            {
                throw new InvalidOperationException($"{s_fields[writer]} = {value}: {result}");
            }
        }
    }
}
