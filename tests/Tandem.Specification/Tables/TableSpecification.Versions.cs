using Tandem.Records;
using Tandem.Tables;

namespace Tandem.Specification.Tables;

/// <content>Version tokens.</content>
public abstract partial class TableSpecification
{
    [Fact]
    public async Task Version_OfACountedField_RisesWithEachWriteThatChangesSomething()
    {
        var sheets = await TableAsync("sheets");
        var sheet = await AddAsync(sheets, ("title", "one"));
        Assert.Equal((1L, "1"), (sheet["revision"], sheet.Version));

        var changed = Assert.IsType<WriteResult.Written>(await UpdateAsync(sheets, sheet.Key, Set(("title", "two"))));
        Assert.Equal((2L, "2"), (changed.Stored["revision"], changed.Stored.Version));
        Assert.Equal((1L, 2L), (changed.Change!.Before["revision"], changed.Change.After["revision"]));

        var unchanged = Assert.IsType<WriteResult.Written>(await UpdateAsync(sheets, sheet.Key, Set(("title", "two"), ("pages", null))));
        Assert.Null(unchanged.Change);
        Assert.Equal("2", (await sheets.GetAsync(sheet.Key, Token))!.Version);
        AssertRejected(await UpdateAsync(sheets, sheet.Key, Set(("revision", 9L))), "revision");
    }

    [Fact]
    public async Task Version_ThatIsBroken_IsAConflictOfNoField()
    {
        var sheets = await TableAsync("sheets");
        var sheet = await AddAsync(sheets, ("title", "one"), ("pages", 1L));
        await UpdateAsync(sheets, sheet.Key, Set(("pages", 2L)));

        var update = new Write.Update(sheet.Key, Set(("title", "mine")), new Guard(Set(("title", "one"))) { Version = sheet.Version }, Ann);
        var conflict = Assert.IsType<WriteResult.Conflicted>(await sheets.WriteAsync(update, Token));
        Assert.Empty(conflict.Fields);
        Assert.Equal((2L, "2"), (conflict.Current["pages"], conflict.Current.Version));
        var both = Assert.IsType<WriteResult.Conflicted>(await sheets.WriteAsync(update with { Guard = new Guard(Set(("pages", 1L))) { Version = "1" } }, Token));
        Assert.Equal(["pages"], both.Fields);
        Assert.IsType<WriteResult.Conflicted>(await sheets.WriteAsync(new Write.Delete(sheet.Key, new Guard(Patch.Empty) { Version = "1" }, Ann), Token));
        Assert.IsType<WriteResult.Conflicted>(await sheets.WriteAsync(update with { Guard = new Guard(Patch.Empty) { Version = "nonsense" } }, Token));

        Assert.IsType<WriteResult.Written>(await sheets.WriteAsync(update with { Guard = new Guard(Set(("title", "one"))) { Version = conflict.Current.Version } }, Token));
        Assert.IsType<WriteResult.Written>(await sheets.WriteAsync(new Write.Delete(sheet.Key, new Guard(Patch.Empty) { Version = "3" }, Ann), Token));
    }

    [Fact]
    public async Task Version_InABatch_IsCheckedAndRaisedAsInASingleWrite()
    {
        var sheets = await TableAsync("sheets");
        var (one, two) = (await AddAsync(sheets, ("title", "one")), await AddAsync(sheets, ("title", "two")));
        Write.Update Retitle(Record sheet, string version) => new(sheet.Key, Set(("title", sheet["title"] + "!")), new Guard(Patch.Empty) { Version = version }, Ann);

        var refused = await sheets.WriteAllAsync([Retitle(one, "1"), Retitle(two, "2")], Token);
        Assert.False(refused.IsCommitted);
        Assert.Empty(Assert.IsType<WriteResult.Conflicted>(refused.Results[1]).Fields);
        Assert.Equal("1", (await sheets.GetAsync(one.Key, Token))!.Version);

        var done = await sheets.WriteAllAsync([Retitle(one, "1"), Retitle(two, "1"), new Write.Insert(Set(("title", "three")), Ann)], Token);
        Assert.True(done.IsCommitted);
        Assert.Equal(["2", "2", "1"], done.Results.Select(r => ((WriteResult.Written)r).Stored.Version));
    }
}
