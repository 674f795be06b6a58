using System.Net;
using Tandem.Cli.Tests.Databases;

namespace Tandem.Cli.Tests.Together;

/// <summary>Compares what clients were told with the journal, and the journal with the records.</summary>
internal static class Ledger
{
    /// <summary>The journal, applied entry by entry to the records there were, gives the records there are, and each entry begins where the one before ended.</summary>
    public static void AssertReplays(
        Stage stage, IReadOnlyList<IReadOnlyDictionary<string, string?>> start, IReadOnlyList<Entry> journal, IReadOnlyList<IReadOnlyDictionary<string, string?>> end)
    {
        var records = start.ToDictionary(r => r[stage.Key]!, r => r.ToDictionary());
        foreach (var entry in journal)
        {
            switch (entry.Kind)
            {
                case "insert":
                    Assert.True(records.TryAdd(entry.Key, entry.After.ToDictionary()), $"Entry {entry.Sequence} inserts {entry.Key}, which is there.");
                    break;
                case "update":
                    Assert.True(records.TryGetValue(entry.Key, out var record), $"Entry {entry.Sequence} updates {entry.Key}, which is not there.");
                    foreach (var (field, before) in entry.Before)
                    {
                        Assert.True(record[field] == before, $"Entry {entry.Sequence} of {entry.Key} says {field} was '{before}', but it was '{record[field]}'.");
                    }

                    foreach (var (field, after) in entry.After)
                    {
                        record[field] = after;
                    }

                    break;
                case "delete":
                    Assert.True(records.Remove(entry.Key, out var gone), $"Entry {entry.Sequence} deletes {entry.Key}, which is not there.");
                    Assert.Equal(gone.Order(), entry.Before.Order());
                    break;
                default:
                    Assert.Fail($"Entry {entry.Sequence} is a {entry.Kind}.");
                    break;
            }
        }

        var expected = records.Values.OrderBy(r => int.Parse(r[stage.Key]!, null)).SelectMany(r => r.OrderBy(p => p.Key, StringComparer.Ordinal));
        Assert.Equal(expected, end.OrderBy(r => int.Parse(r[stage.Key]!, null)).SelectMany(r => r.OrderBy(p => p.Key, StringComparer.Ordinal)));
    }

    /// <summary>Every acknowledged write is journalled once and replaced exactly what its client had seen; every refused one left no trace; one without an answer did one or the other.</summary>
    public static void AssertKept(Stage stage, IReadOnlyList<Attempt> attempts, IReadOnlyList<Entry> journal)
    {
        var written = journal.SelectMany(e => e.After.Where(a => stage.Fields.Contains(a.Key)).Select(a => (Entry: e, Field: a.Key, Value: a.Value)))
            .Where(a => a.Value is not null)
            .ToLookup(a => a.Value!);
        foreach (var attempt in attempts)
        {
            foreach (var (field, value) in attempt.Set)
            {
                var found = written[value!].ToList();
                var times = attempt.Answer is null ? found.Count : attempt.IsAcknowledged ? 1 : 0;
                Assert.True(found.Count == times && times < 2, $"{attempt.Way} of '{value}' into {field} of {attempt.Key} was answered {attempt.Answer}, and is journalled {found.Count} times.");
                foreach (var (entry, where, _) in found)
                {
                    Assert.Equal((attempt.Key, field), (entry.Key, where));
                    if (attempt.Way != Way.Create)
                    {
                        Assert.Equal(attempt.Base[field], entry.Before[field]);
                    }
                }
            }
        }

        foreach (var deletions in attempts.Where(a => a.Way == Way.Delete).GroupBy(a => a.Key))
        {
            var entries = journal.Where(e => e.Kind == "delete" && e.Key == deletions.Key).ToList();
            Assert.InRange(entries.Count, deletions.Count(d => d.IsAcknowledged), deletions.Count(d => d.IsAcknowledged || d.Answer is null));
            foreach (var deletion in deletions.Where(d => d.IsAcknowledged))
            {
                Assert.Single(entries, e => e.Before.Order().SequenceEqual(deletion.Base.Order()));
            }
        }
    }

    /// <summary>Writes end in one of the ways they may, and what nobody else writes never conflicts.</summary>
    public static void AssertAnswers(IReadOnlyList<Attempt> attempts)
    {
        foreach (var attempt in attempts)
        {
            HttpStatusCode[] allowed = attempt.Way switch
            {
                _ when attempt.IsOwned => [attempt.Way == Way.Form ? HttpStatusCode.SeeOther : HttpStatusCode.OK],
                Way.Form => [HttpStatusCode.SeeOther, HttpStatusCode.Conflict],
                Way.Merge => [HttpStatusCode.OK, HttpStatusCode.PreconditionFailed, HttpStatusCode.NotFound],
                Way.Patch => [HttpStatusCode.OK, HttpStatusCode.Conflict, HttpStatusCode.NotFound],
                Way.Delete => [HttpStatusCode.NoContent, HttpStatusCode.PreconditionFailed, HttpStatusCode.NotFound],
                _ => [HttpStatusCode.Created, HttpStatusCode.UnprocessableEntity],
            };
            Assert.True(attempt.Answer is { } answer && allowed.Contains(answer), $"{attempt.Way} of {attempt.Key}{(attempt.IsOwned ? ", whose field nobody else writes," : "")} was answered {attempt.Answer}.");
        }
    }
}
