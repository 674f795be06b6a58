using System.ComponentModel.DataAnnotations.Schema;
using Microsoft.EntityFrameworkCore;

namespace Tandem.Bench;

/// <summary>The tables as EF Core sees them, with the row's version as concurrency token.</summary>
internal sealed class ItemsContext(DbContextOptions<ItemsContext> options) : DbContext(options)
{
    public DbSet<Item> Items => Set<Item>();

    public DbSet<Hot> Hots => Set<Hot>();

    public static DbContextOptions<ItemsContext> OptionsOf(string address) => new DbContextOptionsBuilder<ItemsContext>().UseNpgsql(address).Options;

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<Item>(item =>
        {
            item.ToTable("items");
            item.Property<uint>("xmin").IsRowVersion();
        });
        modelBuilder.Entity<Hot>(hot =>
        {
            hot.ToTable("hot");
            hot.Property<uint>("xmin").IsRowVersion();
            foreach (var property in hot.Metadata.GetProperties())
            {
                property.SetColumnName(property.Name.ToLowerInvariant());
            }
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

    internal sealed class Hot
    {
        public long Id { get; set; }

        public int A { get; set; }

        public int B { get; set; }

        public int C { get; set; }

        public int D { get; set; }

        public int E { get; set; }

        public int F { get; set; }

        public int G { get; set; }

        public int H { get; set; }
    }
}
