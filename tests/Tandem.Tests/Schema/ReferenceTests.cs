using Tandem.Schema;

namespace Tandem.Tests.Schema;

public class ReferenceTests
{
    private static TableSchema Child(string name, Reference reference, string[] key, bool isNullable = false, bool isUnique = false) => new(
        name, [new Field("id", FieldType.Integer), new Field("parent_id", FieldType.Integer) { IsNullable = isNullable, IsUnique = isUnique }], key) { References = [reference] };

    [Theory]
    [InlineData("playlist_track", new[] { "parent_id", "id" }, false, false, false, true)]
    [InlineData("notes", new[] { "id" }, true, true, false, true)]
    [InlineData("order_lines", new[] { "id" }, false, false, false, true)]
    [InlineData("OrderLine", new[] { "id" }, false, false, false, true)]
    [InlineData("order_lines", new[] { "id" }, false, true, false, false)]
    [InlineData("visits", new[] { "id" }, false, false, false, false)]
    [InlineData("order_papers", new[] { "id" }, true, false, true, false)]
    [InlineData("order_seal", new[] { "parent_id" }, true, false, false, false)]
    public void Reference_ByItsKeyItsDeletionOrItsName_TellsWhetherChildrenBelong(string name, string[] key, bool cascades, bool isNullable, bool isUnique, bool owns)
    {
        var reference = new Reference(["parent_id"], "orders", ["id"]) { OnDelete = cascades ? ReferenceAction.Cascade : ReferenceAction.Refuse };
        var child = Child(name, reference, key, isNullable, isUnique);
        Assert.Equal(owns, reference.Owns(child));
        Assert.False((reference with { IsOwned = false }).Owns(child));
        Assert.True((reference with { IsOwned = true }).Owns(child));
    }

    [Fact]
    public void Reference_ToItsOwnTable_OwnsNothing() =>
        Assert.False(new Reference(["parent_id"], "orders", ["id"]) { OnDelete = ReferenceAction.Cascade } is var r && r.Owns(Child("orders", r, ["id"])));
}
