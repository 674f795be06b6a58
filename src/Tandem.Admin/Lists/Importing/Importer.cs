using Tandem.Editing;
using Tandem.Records;
using Tandem.Tables;
using Tandem.Web.Forms;
using Tandem.Web.Rest.Units;

namespace Tandem.Admin.Lists.Importing;

/// <summary>Goes through a file in chunks: tries them, or writes each as one guarded unit under the operation's name.</summary>
internal sealed class Importer(IDatabase database, ITable table, ImportPlanner planner)
{
    private const int Chunk = 500;

    // A trial holds the file's lock for a short time only; fewer lines at once leave fewer unchecked.
    private const int TriedTogether = 100;
    private const int MostTried = 20_000;
    private const int RoundsTogether = 3;

    /// <summary>Says what would become of each line, and stores nothing.</summary>
    public async Task TryAsync(CsvFile file, ImportRun run, CancellationToken cancellationToken)
    {
        foreach (var lines in file.Lines().Take(MostTried).Chunk(TriedTogether))
        {
            var planned = Sort(await planner.PlanAsync(lines, cancellationToken), run);
            var tried = await UnitSaver.TryAsync(database, [.. planned.Select(p => new TableWrite(table.Schema.Name, p.Write!))], cancellationToken);
            foreach (var (line, entry) in planned.Zip(tried.Entries))
            {
                if (OpenResults.IsUnchecked(entry.Result))
                {
                    run.AddUnchecked();
                }
                else
                {
                    Count(run, line, Why(entry.Result));
                }
            }
        }

        run.End(isCut: file.Lines().Skip(MostTried).Any());
    }

    /// <summary>Writes the file. What cannot be written is left out and told; the rest of its chunk is written without it.</summary>
    public async Task WriteAsync(CsvFile file, ImportRun run, CancellationToken cancellationToken)
    {
        foreach (var lines in file.Lines().Chunk(Chunk))
        {
            var open = Sort(await planner.PlanAsync(lines, cancellationToken), run);
            for (var round = 0; open.Count > 0 && round < RoundsTogether; round++)
            {
                open = await SaveAsync(open, run, cancellationToken);
            }

            foreach (var line in open)
            {
                // A database that names one fault at a time would be asked again for each: these go one by one.
                await SaveAsync([line], run, cancellationToken);
            }
        }

        run.End();
    }

    /// <returns>What is still to be written: all that was not refused, when something was.</returns>
    private async Task<List<PlannedLine>> SaveAsync(List<PlannedLine> lines, ImportRun run, CancellationToken cancellationToken)
    {
        var saved = await UnitSaver.SaveAsync(database, [.. lines.Select(p => new TableWrite(table.Schema.Name, p.Write!))], cancellationToken);
        if (saved.Failure is { } failure)
        {
            throw failure.Cause;
        }

        List<PlannedLine> open = [];
        foreach (var (line, entry) in lines.Zip(saved.Entries))
        {
            // What was not tried because of another line is tried again without that one; alone, it is told.
            if (saved.IsSaved || (Why(entry.Result) is not null && (lines.Count == 1 || !OpenResults.IsOpen(entry.Result))))
            {
                Count(run, line, saved.IsSaved ? null : Why(entry.Result));
            }
            else
            {
                open.Add(line);
            }
        }

        return open;
    }

    /// <summary>Counts the lines that ask for nothing; what is left asks for a write.</summary>
    private static List<PlannedLine> Sort(IReadOnlyList<PlannedLine> planned, ImportRun run)
    {
        foreach (var line in planned.Where(p => p.Write is null))
        {
            if (line.Why is { } why)
            {
                run.Add(new ImportFault(line.Line, why));
            }
            else
            {
                run.AddUnchanged();
            }
        }

        return [.. planned.Where(p => p.Write is not null)];
    }

    private void Count(ImportRun run, PlannedLine line, string? why)
    {
        if (why is not null)
        {
            run.Add(new ImportFault(line.Line, why));
            return;
        }

        if (line.Write is Write.Update update)
        {
            run.AddChanged();
            run.Add(update.Set.Select(s => new ImportDifference(
                line.Line.Number, table.Schema.LabelOf(line.Current!), FieldLabels.Of(table.Schema, table.Schema[s.Key]), Said(s.Key, line.Current![s.Key]), Said(s.Key, s.Value))));
        }
        else
        {
            run.AddNew();
        }
    }

    private string Said(string field, object? value) => ValueText.Display(table.Schema[field], value);

    private static string? Why(SaveResult? result) => result switch
    {
        SaveResult.Rejected rejected => string.Join(' ', rejected.Errors.Select(e => e.Message).Distinct()),
        SaveResult.Conflicted => "Somebody changed this record meanwhile. Import the line again.",
        SaveResult.Gone => "Somebody deleted this record meanwhile. Import the line again.",
        SaveResult.Failed failed => failed.Cause.Message,
        _ => null,
    };
}
