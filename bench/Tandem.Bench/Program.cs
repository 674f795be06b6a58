using Tandem.Bench;
using Tandem.Bench.Opened;
using Tandem.Bench.Restricted;

// Usage: Tandem.Bench [POSTGRES-ADDRESS] [question …]
// Without an address a PostgreSQL server of the run's own is started, with the settings it comes with.
// With one, databases "tandem_bench" and "tandem_bench_plain" are made on that server and dropped.
(string Name, Func<Stage, Report, Task> Run)[] questions =
[
    ("cached-read", CachedRead.RunAsync),
    ("standing-filters", StandingFilters.RunAsync),
    ("sorted-view", SortedView.RunAsync),
    ("stalled-subscribers", StalledSubscribers.RunAsync),
    ("guarded-save", GuardedSave.RunAsync),
    ("hot-record", HotRecord.RunAsync),
    ("batch", BatchWrite.RunAsync),
    ("load", Load.RunAsync),
    ("pages", ListPages.RunAsync),
    ("open-pages", OpenPages.RunAsync),
    ("restricted-users", RestrictedUsers.RunAsync),
];
var address = args.FirstOrDefault(a => a.Contains("://", StringComparison.Ordinal));
var wanted = args.Where(a => a != address).ToHashSet();
if (wanted.Except(questions.Select(q => q.Name)).ToList() is { Count: > 0 } unknown)
{
    Console.Error.WriteLine($"There is no question {string.Join(", ", unknown)}. Ask some of: {string.Join(' ', questions.Select(q => q.Name))}");
    return 2;
}

Report report = new();
await using Stage stage = new(address);
foreach (var (name, run) in questions)
{
    if (wanted.Count == 0 || wanted.Contains(name))
    {
        Console.Error.WriteLine($"{name} (load {Machine.Load()})");
        await run(stage, report);
        report.Say($"Load of the machine afterwards: {Machine.Load()}.");
    }
}

report.Print(Console.Out);
return 0;
