using Tandem.Records;
using Tandem.Schema;
using Tandem.Tables;

namespace Tandem.Specification.Tables;

/// <content>Guards: what must still hold for a write.</content>
public abstract partial class TableSpecification
{
    [Fact]
    public async Task Guard_ThatHolds_LetsTheWriteHappen()
    {
        var goods = await TableAsync("goods");
        var rye = await AddAsync(goods, ("name", "Rye"), ("price", 3.50m));

        var written = Assert.IsType<WriteResult.Written>(await UpdateAsync(goods, rye.Key, Set(("price", 4m)), Set(("price", 3.5m), ("note", null))));

        Assert.Equal(4m, written.Stored["price"]);
    }

    [Fact]
    public async Task Guard_ThatIsBroken_TellsTheFieldsAndTheRecordAsItIs()
    {
        var goods = await TableAsync("goods");
        var rye = await AddAsync(goods, ("name", "Rye"), ("price", 3.50m), ("note", null));
        await UpdateAsync(goods, rye.Key, Set(("price", 5m), ("note", "theirs")));

        var conflict = Assert.IsType<WriteResult.Conflicted>(
            await UpdateAsync(goods, rye.Key, Set(("price", 4m), ("note", "mine"), ("stock", 1L)), Set(("price", 3.5m), ("note", null), ("stock", 7L))));

        Assert.Equal(["note", "price"], conflict.Fields.Order());
        Assert.Equal(5m, conflict.Current["price"]);
        Assert.Equal(7L, (await goods.GetAsync(rye.Key, Token))!["stock"]);
    }

    [Fact]
    public async Task Guard_OfAFieldThatHoldsMineAlready_IsSettledUnlessForbidden()
    {
        var goods = await TableAsync("goods");
        var rye = await AddAsync(goods, ("name", "Rye"), ("price", 3.50m));
        await UpdateAsync(goods, rye.Key, Set(("price", 4m)));

        var settled = await UpdateAsync(goods, rye.Key, Set(("price", 4.00m), ("stock", 3L)), Set(("price", 3.5m), ("stock", 7L)));
        var strict = await goods.WriteAsync(new Write.Update(rye.Key, Set(("price", 4m)), new Guard(Set(("price", 3.5m))) { AllowSettled = false }, Ann), Token);

        Assert.Equal(["stock"], Assert.IsType<WriteResult.Written>(settled).Change!.After.Keys);
        Assert.Equal(["price"], Assert.IsType<WriteResult.Conflicted>(strict).Fields);
    }

    [Fact]
    public async Task Guards_OfDisjointEdits_BothLand()
    {
        var goods = await TableAsync("goods");
        var rye = await AddAsync(goods, ("name", "Rye"), ("price", 3.50m), ("note", "dark"));

        Assert.IsType<WriteResult.Written>(await UpdateAsync(goods, rye.Key, Set(("price", 4m)), Set(("price", 3.5m))));
        Assert.IsType<WriteResult.Written>(await UpdateAsync(goods, rye.Key, Set(("note", "light")), Set(("note", "dark")), Bob));

        var both = (await goods.GetAsync(rye.Key, Token))!;
        Assert.Equal((4m, "light"), (both["price"], both["note"]));
    }

    [Fact]
    public async Task Guard_OfADelete_IsChecked()
    {
        var goods = await TableAsync("goods");
        var rye = await AddAsync(goods, ("name", "Rye"), ("price", 3.50m));

        var conflict = await goods.WriteAsync(new Write.Delete(rye.Key, new Guard(Set(("price", 3m), ("name", "Rye"))), Ann), Token);
        Assert.Equal(["price"], Assert.IsType<WriteResult.Conflicted>(conflict).Fields);
        Assert.NotNull(await goods.GetAsync(rye.Key, Token));

        Assert.IsType<WriteResult.Written>(await goods.WriteAsync(new Write.Delete(rye.Key, new Guard(rye.ToPatch()), Ann), Token));
    }

    [Fact]
    public async Task Guard_OfText_TellsCaseBlanksAndAccentsApart()
    {
        var goods = await TableAsync("goods");
        var rye = await AddAsync(goods, ("name", "Rye"), ("note", "é"));
        foreach (var other in new[] { "É", "e", "é ", "e\u0301", "" })
        {
            Assert.IsType<WriteResult.Conflicted>(await UpdateAsync(goods, rye.Key, Set(("stock", 1L)), Set(("note", other))));
        }

        Assert.IsType<WriteResult.Written>(await UpdateAsync(goods, rye.Key, Set(("stock", 1L)), Set(("note", "é"))));
    }

    public static TheoryData<string, string> ValuesByField => new()
    {
        { "text", "" }, { "text", "O'Brien \"says\" 100% \\ _ \n\t🥐 e\u0301" }, { "text", "NULL" },
        { "integer", "0" }, { "integer", "-9223372036854775808" }, { "integer", "9223372036854775807" },
        { "decimal", "0.1" }, { "decimal", "-12345678.25" }, { "decimal", "100" },
        { "float", "0.1" }, { "float", "-1E-300" }, { "float", "1.7976931348623157E+308" }, { "float", "3" },
        { "boolean", "true" }, { "boolean", "false" },
        { "date", "2026-02-28" }, { "date", "0001-01-01" }, { "date", "9999-12-31" },
        { "time", "00:00:00" }, { "time", "23:59:59" },
        { "moment", "2026-11-20T14:30:00" }, { "moment", "0001-01-01T00:00:00" }, { "moment", "9999-12-31T23:59:59" },
        { "instant", "2026-11-20T14:30:00Z" },
        { "uuid", "0196f3a0-0000-7000-8000-00000000000a" },
        { "json", "{\"a\":[1,2.50,\"x\",null,true],\"ü\":{}}" }, { "json", "\"plain\"" }, { "json", "12.50" },
        { "bytes", "0001027f80ff" }, { "bytes", "" }, { "bytes", "long" },
    };

    [Theory]
    [MemberData(nameof(ValuesByField))]
    public async Task Value_OfEveryType_ComesBackAndGuards(string name, string text)
    {
        var kinds = await TableAsync("kinds");
        var field = kinds.Schema[name];
        var value = Value(field, text);
        var record = await AddAsync(kinds, ("id", 1L), (name, value));

        Assert.True(Values.Same(field, value, record[name]), $"stored as '{record[name]}'");
        Assert.True(Values.Fits(field, record[name]) || name == "instant", $"stored as {record[name]!.GetType().Name}");
        var read = (await kinds.GetAsync(record.Key, Token))!;
        Assert.True(Values.Same(field, value, read[name]), $"read as '{read[name]}'");
        var listed = (await kinds.QueryAsync(new(), Token)).Records[0];
        Assert.True(Values.Same(field, value, listed[name]), $"listed as '{listed[name]}'");
        var told = (await Database.HistoryAsync("kinds", record.Key, 1, Token))[0].After[name];
        Assert.True(Values.Same(field, value, told) || value is Blob, $"told as '{told}'");

        Assert.IsType<WriteResult.Conflicted>(await UpdateAsync(kinds, record.Key, Set(("integer", 5L)), Set((name, null))));
        Assert.IsType<WriteResult.Written>(await UpdateAsync(kinds, record.Key, Set((name, null)), Set((name, read[name]))));
        Assert.Null((await kinds.GetAsync(record.Key, Token))![name]);
        Assert.IsType<WriteResult.Conflicted>(await UpdateAsync(kinds, record.Key, Set(("text", "new")), Set((name, value), ("text", "other"))));
        Assert.IsType<WriteResult.Written>(await UpdateAsync(kinds, record.Key, Set((name, value)), Set((name, null))));
        Assert.True(Values.Same(field, value, (await kinds.GetAsync(record.Key, Token))![name]));
    }

    [Fact]
    public async Task Blob_OfAList_IsGuardedByItsDigestAndReadOnDemand()
    {
        var kinds = await TableAsync("kinds");
        var content = new byte[100_000];
        new Random(1).NextBytes(content);
        var record = await AddAsync(kinds, ("id", 1L), ("bytes", Blob.FromContent(content)));
        var other = (byte[])content.Clone();
        other[^1] ^= 1;

        var stored = Assert.IsType<Blob>((await kinds.GetAsync(record.Key, Token))!["bytes"]);
        Assert.Equal((100_000, Blob.DigestOf(content)), (stored.Length, stored.Digest));
        Assert.Equal(content, (await kinds.ReadBlobAsync(record.Key, "bytes", Token))!.Value.ToArray());
        Assert.IsType<WriteResult.Conflicted>(await UpdateAsync(kinds, record.Key, Set(("text", "x")), Set(("bytes", Blob.FromContent(other)))));
        Assert.IsType<WriteResult.Written>(await UpdateAsync(kinds, record.Key, Set(("bytes", Blob.FromContent(other))), Set(("bytes", stored))));
        Assert.Equal(other, (await kinds.ReadBlobAsync(record.Key, "bytes", Token))!.Value.ToArray());
        Assert.Null(await kinds.ReadBlobAsync(new RecordKey(99L), "bytes", Token));
    }

    private static object? Value(Field field, string text)
    {
        if (field.Type == FieldType.Bytes)
        {
            return Blob.FromContent(text == "long" ? new byte[3000] : Convert.FromHexString(text));
        }

        if (field.Type == FieldType.Text)
        {
            return text;
        }

        Assert.True(ValueText.TryParse(field, text, out var value, out var error), error);
        return value;
    }
}
