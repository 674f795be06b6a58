using Tandem.Bench;

// Usage: Tandem.Bench POSTGRES-ADDRESS [question …]
// The address names a server on which a database "tandem_bench" may be made and dropped.
if (args.Length == 0)
{
    Console.Error.WriteLine("Name a PostgreSQL server: Tandem.Bench postgresql://postgres@127.0.0.1:5432/postgres [cached-read guarded-save load pages]");
    return 2;
}

var wanted = args.Skip(1).ToHashSet();
Report report = new();
await using var stage = await Stage.PrepareAsync(args[0]);
(string Name, Func<Stage, Report, Task> Run)[] questions =
[
    ("cached-read", CachedRead.RunAsync),
    ("guarded-save", GuardedSave.RunAsync),
    ("load", Load.RunAsync),
    ("pages", ListPages.RunAsync),
];
foreach (var (name, run) in questions)
{
    if (wanted.Count == 0 || wanted.Contains(name))
    {
        Console.Error.WriteLine(name);
        await run(stage, report);
    }
}

report.Print(Console.Out);
return 0;
