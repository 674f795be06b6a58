using Tandem.Changes;
using Tandem.Web.Live;

namespace Tandem.Web.Tests.Live;

/// <summary>Which pages a change concerns.</summary>
public sealed class WatchIndexTests
{
    private readonly WatchIndex _index = new();

    [Fact]
    public void Concerned_ChangeOfAKey_FindsThoseWhoShowItAndWholeLists()
    {
        Open("a", Made.Watch(false, 1, 2));
        Open("b", Made.Watch(false, 2));
        Open("list", Made.Watch(true, 3));

        Assert.Equal(["a", "b", "list"], Ids(Made.Change(2, ChangeKind.Update)));
        Assert.Equal(["a", "list"], Ids(Made.Change(1, ChangeKind.Update)));
        Assert.Equal(["list"], Ids(Made.Change(9, ChangeKind.Update)));
    }

    [Fact]
    public void Concerned_OtherTable_FindsNobody()
    {
        Open("a", Made.Watch(true, 1));

        Assert.Empty(_index.Concerned(Made.Change(1, ChangeKind.Update) with { Table = "cakes" }));
    }

    [Fact]
    public void Concerned_Reset_FindsEveryPageOfTheTable()
    {
        Open("a", Made.Watch(false, 1));
        Open("b", Made.Watch(false, 2));

        Assert.Equal(["a", "b"], Ids(Made.Change(7, ChangeKind.Reset)));
    }

    [Fact]
    public void Watch_Again_ReplacesWhatWasWatched()
    {
        var connection = Open("a", Made.Watch(false, 1));
        _index.Watch(connection, new Dictionary<string, Watched> { ["breads"] = Made.Watch(false, 2) });

        Assert.Empty(Ids(Made.Change(1, ChangeKind.Update)));
        Assert.Equal(["a"], Ids(Made.Change(2, ChangeKind.Update)));
    }

    [Fact]
    public void Remove_LeavesNothingBehind()
    {
        var connection = Open("a", Made.Watch(true, 1));
        _index.Remove("a");

        Assert.Empty(Ids(Made.Change(1, ChangeKind.Update)));
        Assert.False(_index.Watch(connection, new Dictionary<string, Watched> { ["breads"] = Made.Watch(true) }));
        Assert.Empty(_index.All());
    }

    private LiveConnection Open(string id, Watched watched)
    {
        var connection = Made.Connection(id);
        _index.Add(connection);
        Assert.True(_index.Watch(connection, new Dictionary<string, Watched> { ["breads"] = watched }));
        return connection;
    }

    private IEnumerable<string> Ids(Change change) => _index.Concerned(change).Select(c => c.Connection.Id).Order();
}
