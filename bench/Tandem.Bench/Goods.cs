using Tandem.Records;
using Tandem.Schema;
using Tandem.Tables;

namespace Tandem.Bench;

/// <summary>A table in memory, for questions that no database should have a part in.</summary>
internal static class Goods
{
    public static readonly WriteContext By = new("bench");

    public static TableSchema Schema { get; } = new(
        "goods",
        [
            new Field("id", FieldType.Integer) { IsNullable = false },
            new Field("name", FieldType.Text) { IsNullable = false },
            new Field("category", FieldType.Text) { IsNullable = false },
            new Field("shelf", FieldType.Integer) { IsNullable = false },
            new Field("price", FieldType.Decimal) { IsNullable = false },
            new Field("stock", FieldType.Integer) { IsNullable = false },
        ],
        ["id"]);

    /// <summary>A table of records numbered from one.</summary>
    public static async Task<ITable> TableAsync(int count, Func<int, Record> make)
    {
        var table = new MemoryDatabase().Add(Schema);
        foreach (var some in Enumerable.Range(1, count).Chunk(5_000))
        {
            await table.WriteAllAsync([.. some.Select(i => new Write.Insert(make(i).ToPatch(), By))]);
        }

        return table;
    }

    public static Record Make(long id, string name, string category, long shelf, decimal price, long stock) => new(Schema, [id, name, category, shelf, price, stock]);

    public static Write Set(RecordKey key, string field, object value) => new Write.Update(key, Patch.Of(field, value), Guard.None, By);
}
