using Tandem.Querying;
using Tandem.Records;
using Tandem.Tables;

namespace Tandem.Specification.Tables;

/// <content>What the rules refuse, and whom they name.</content>
public abstract partial class TableSpecification
{
    [Fact]
    public async Task Insert_WithoutARequiredField_NamesIt() =>
        AssertRejected(await (await TableAsync("goods")).WriteAsync(new Write.Insert(Set(("price", 1m)), Ann), Token), "name");

    [Fact]
    public async Task Update_OfARequiredFieldToNull_NamesIt()
    {
        var goods = await TableAsync("goods");
        var rye = await AddAsync(goods, ("name", "Rye"));

        AssertRejected(await UpdateAsync(goods, rye.Key, Set(("name", null))), "name");
    }

    [Fact]
    public async Task Write_OfATakenUniqueValue_NamesTheField()
    {
        var goods = await TableAsync("goods");
        await AddAsync(goods, ("name", "Rye"));
        var wheat = await AddAsync(goods, ("name", "Wheat"));

        AssertRejected(await goods.WriteAsync(new Write.Insert(Set(("name", "Rye")), Ann), Token), "name");
        AssertRejected(await UpdateAsync(goods, wheat.Key, Set(("price", 1m), ("name", "Rye"))), "name");
        Assert.Null((await goods.GetAsync(wheat.Key, Token))!["price"]);
    }

    [Fact]
    public async Task Write_OfTakenUniqueValuesTogether_NamesOneOfThem()
    {
        var goods = await TableAsync("goods");
        await AddAsync(goods, ("name", "Rye"), ("state", "new"), ("note", "n"));

        AssertRejected(await goods.WriteAsync(new Write.Insert(Set(("name", "Wheat"), ("state", "new"), ("note", "n")), Ann), Token), "state");
    }

    [Theory]
    [InlineData("price", "-0.01")]
    [InlineData("price", "123456789.00")]
    [InlineData("state", "stale")]
    [InlineData("name", "12345678901234567890123456789012345678901")]
    public async Task Write_OfAValueTheRulesRefuse_NamesTheField(string field, string text)
    {
        var goods = await TableAsync("goods");
        Assert.True(ValueText.TryParse(goods.Schema[field], text, out var value, out _));
        var rye = await AddAsync(goods, ("name", "Rye"));

        AssertRejected(await UpdateAsync(goods, rye.Key, Set((field, value))), field);
        AssertRejected(await goods.WriteAsync(new Write.Insert(Set(("name", "Other")).With(field, value), Ann), Token), field);
        AssertSame(rye, await goods.GetAsync(rye.Key, Token));
        Assert.Equal(1, await goods.CountAsync(Filter.All, Token));
    }

    [Fact]
    public async Task Name_OfFortyCodePoints_FitsWhateverItsCodeUnits()
    {
        var name = string.Concat(Enumerable.Repeat("🥐", 40));

        Assert.Equal(name, (await AddAsync(await TableAsync("goods"), ("name", name)))["name"]);
    }

    [Fact]
    public async Task Write_OfAnUnknownField_NamesIt()
    {
        var goods = await TableAsync("goods");
        var rye = await AddAsync(goods, ("name", "Rye"));

        AssertRejected(await UpdateAsync(goods, rye.Key, Set(("colour", "red"))), "colour");
        AssertRejected(await goods.WriteAsync(new Write.Insert(Set(("name", "x"), ("colour", "red")), Ann), Token), "colour");
    }

    [Fact]
    public async Task Update_OfTheKey_IsRejected()
    {
        var goods = await TableAsync("goods");
        var rye = await AddAsync(goods, ("name", "Rye"));

        AssertRejected(await UpdateAsync(goods, rye.Key, Set(("id", 99L))), "id");
    }

    [Fact]
    public async Task Reference_ToNothing_NamesTheFieldAndADeleteOfATargetIsRefused()
    {
        Assert.SkipUnless(ChecksReferences, "This source does not check references.");
        var (goods, categories) = (await TableAsync("goods"), await TableAsync("categories"));
        var bread = await AddAsync(categories, ("name", "Bread"));
        var rye = await AddAsync(goods, ("name", "Rye"), ("category_id", bread["id"]));

        AssertRejected(await goods.WriteAsync(new Write.Insert(Set(("name", "x"), ("category_id", 99L)), Ann), Token), "category_id");
        AssertRejected(await UpdateAsync(goods, rye.Key, Set(("note", "n"), ("category_id", 99L))), "category_id");
        AssertRejected(await categories.WriteAsync(new Write.Delete(bread.Key, Guard.None, Ann), Token), "");
        Assert.NotNull(await categories.GetAsync(bread.Key, Token));
    }
}
