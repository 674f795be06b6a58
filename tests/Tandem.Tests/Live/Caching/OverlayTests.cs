using Tandem.Live.Caching;
using Tandem.Records;
using Tandem.Schema;
using Tandem.Tables;

namespace Tandem.Tests.Live.Caching;

public class OverlayTests
{
    [Fact]
    public void Remove_OneOfTwoUnsettledWrites_LeavesTheOther()
    {
        var schema = new TableSchema("t", [new Field("id", FieldType.Integer), new Field("a", FieldType.Integer), new Field("b", FieldType.Integer)], ["id"]);
        var overlay = new Overlay(schema, TimeProvider.System);
        var key = new RecordKey(1L);
        Guid[] ids = [Guid.CreateVersion7(), Guid.CreateVersion7()];
        overlay.Add(key, new Unsettled(ids[0], new Write.Update(key, Patch.Of("a", 2L), Guard.None, new WriteContext("Ann"))));
        overlay.Add(key, new Unsettled(ids[1], new Write.Update(key, Patch.Of("b", 3L), Guard.None, new WriteContext("Ann"))));

        overlay.Remove(key, ids[0]);

        var visible = overlay.PendingOver(key, new Tandem.Records.Record(schema, [1L, 0L, 0L]))!;
        Assert.Equal((0L, 3L), (visible["a"], visible["b"]));
    }
}
