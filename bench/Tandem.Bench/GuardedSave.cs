using System.ComponentModel.DataAnnotations.Schema;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Tandem.Editing;
using Tandem.Records;
using Tandem.Tables;

namespace Tandem.Bench;

/// <summary>What does a guarded, journalled save cost beside a bare UPDATE … RETURNING, and beside EF Core with a row version?</summary>
internal static class GuardedSave
{
    private const int Saves = 2_000;

    public static async Task RunAsync(Stage stage, Report report)
    {
        var table = stage.Pg.Find("items")!;
        await using var source = NpgsqlDataSource.Create(stage.Postgres + ";Max Auto Prepare=20;Auto Prepare Min Usages=2");
        var options = new DbContextOptionsBuilder<ItemsContext>().UseNpgsql(stage.Postgres).Options;
        var stock = new[] { 1_000L, 1_000L, 1_000L };
        await Stage.ExecuteAsync(source, "UPDATE items SET stock = 1000 WHERE id <= 300000");
        await Stage.ExecuteAsync(source, "VACUUM ANALYZE items");
        var by = new WriteContext("bench");
        foreach (var writers in new[] { 1, 8 })
        {
            var times = await Timing.InTurnsAsync(
                5,
                () => ManyAsync(0, writers, async (id, value) =>
                {
                    await using var connection = await source.OpenConnectionAsync();
                    await using var command = new NpgsqlCommand("UPDATE items SET stock = $2 WHERE id = $1 RETURNING id, name, category, price, stock, note, changed_at", connection);
                    command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = id });
                    command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = (int)value });
                    await using var reader = await command.ExecuteReaderAsync();
                    await reader.ReadAsync();
                    _ = reader.GetInt32(4);
                }),
                () => ManyAsync(1, writers, async (id, value) =>
                {
                    var result = await RecordSaver.SaveAsync(null, table, new RecordKey(id), Patch.Of("stock", value), Patch.Of("stock", value - 1), by);
                    if (result is not SaveResult.Saved)
                    {
                        throw new InvalidOperationException(result.ToString());
                    }
                }),
                () => ManyAsync(2, writers, async (id, value) =>
                {
                    await using var context = new ItemsContext(options);
                    var item = await context.Items.SingleAsync(i => i.Id == id);
                    item.Stock = (int)value;
                    await context.SaveChangesAsync();
                }));
            report.Section($"A guarded save on PostgreSQL, {writers} writer{(writers > 1 ? "s" : "")}", "saves of one field", "saves/s", "x the bare UPDATE");
            report.Row("UPDATE … RETURNING (Npgsql, prepared)", Saves / times[0], 1.0);
            report.Row("Tandem: lock, guard, write, journal, return", Saves / times[1], times[0] / times[1]);
            report.Row("EF Core: read, change, save with row version", Saves / times[2], times[0] / times[2]);
        }

        // Each contender has records of its own, and every round gives each of them the next value.
        async Task ManyAsync(int contender, int writers, Func<long, long, Task> save)
        {
            var value = ++stock[contender];
            await Task.WhenAll(Enumerable.Range(0, writers).Select(async w =>
            {
                for (var i = w; i < Saves; i += writers)
                {
                    await save(1 + (contender * 100_000) + i, value);
                }
            }));
        }
    }

    internal sealed class ItemsContext(DbContextOptions<ItemsContext> options) : DbContext(options)
    {
        public DbSet<Item> Items => Set<Item>();

        protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.Entity<Item>(item =>
        {
            item.ToTable("items");
            item.Property<uint>("xmin").IsRowVersion();
        });
    }

    internal sealed class Item
    {
        [Column("id")]
        public long Id { get; set; }

        [Column("name")]
        public string Name { get; set; } = "";

        [Column("category")]
        public string Category { get; set; } = "";

        [Column("price")]
        public decimal Price { get; set; }

        [Column("stock")]
        public int Stock { get; set; }

        [Column("note")]
        public string? Note { get; set; }

        [Column("changed_at")]
        public DateTime ChangedAt { get; set; }
    }
}
