using Tandem.Schema;

namespace Tandem.Simulator;

/// <summary>The tables of every world: numbered items with text to quarrel about, a counter and a version, and parts that refer to them.</summary>
internal static class Shop
{
    public const string Items = "items";
    public const string Parts = "parts";

    public static TableSchema ItemSchema { get; } = new(
        Items,
        [
            new Field("id", FieldType.Integer) { IsNullable = false, HasDefault = true, IsIdentity = true },
            new Field("name", FieldType.Text) { IsNullable = false, MaxLength = 40 },
            new Field("note", FieldType.Text),
            new Field("shelf", FieldType.Integer),
            new Field("count", FieldType.Integer) { HasDefault = true, DefaultValue = 0L },
            new Field("rev", FieldType.Integer),
        ],
        ["id"])
    {
        VersionField = "rev",
    };

    public static TableSchema PartSchema { get; } = new(
        Parts,
        [
            new Field("id", FieldType.Integer) { IsNullable = false, HasDefault = true, IsIdentity = true },
            new Field("item", FieldType.Integer),
            new Field("name", FieldType.Text) { IsNullable = false },
        ],
        ["id"])
    {
        References = [new Reference(["item"], Items, ["id"])],
    };
}
