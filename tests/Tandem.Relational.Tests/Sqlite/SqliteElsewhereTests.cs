using Tandem.Tables;

namespace Tandem.Relational.Tests.Sqlite;

/// <summary>Other programs' writes to a SQLite file, and what its references and triggers do.</summary>
public sealed class SqliteElsewhereTests : ElsewhereSpecification
{
    private SqliteFile _file = null!;

    protected override async Task PrepareAsync() => _file = await SqliteFile.CreateAsync(Script + """
        CREATE TRIGGER counted AFTER UPDATE OF stock ON parents BEGIN
            UPDATE totals SET number = number + new.stock - old.stock WHERE id = 1;
            UPDATE parents SET name = name || '*' WHERE id = new.id;
        END;
        """);

    protected override async Task<IDatabase> OpenAsync() => await _file.OpenAsync();

    protected override Task ExecuteAsync(string sql) => _file.ExecuteAsync(sql);

    protected override ValueTask CloseAsync()
    {
        _file.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public Task Cascades_OfADelete_AreJournalledAsTheActors() => CascadesAreJournalledAsync();

    [Fact]
    public Task Triggers_OfAnUpdate_AreJournalledAsTheActors() => TriggersAreJournalledAsync();

    [Fact]
    public async Task Table_DroppedWhileWatched_DoesNotSilenceTheOthers()
    {
        await using var texts = await WatchAsync(Database, "texts");
        await using var parents = await WatchAsync(Database, "parents");

        await ExecuteAsync("DROP TABLE texts; UPDATE parents SET name = 'after the drop' WHERE id = 3");

        await HeardAsync(parents, c => Equals(c.After.GetValueOrDefault("name"), "after the drop"), "the write after the drop");
    }
}
