using System.ComponentModel.DataAnnotations;
using System.ComponentModel.DataAnnotations.Schema;
using Tandem.Editing;
using Tandem.Entities;
using Tandem.Live;
using Tandem.Querying;
using Tandem.Records;
using Tandem.Schema;
using Tandem.Tables;

namespace Tandem.Tests.Entities;

/// <summary>Classes, records and value objects over records of a table.</summary>
public sealed class EntityMapTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Class_WithSetters_GoesThereAndBack()
    {
        var when = new DateTime(2026, 11, 20, 10, 0, 0, DateTimeKind.Unspecified);
        var back = RoundTrip(new Plain
        {
            Id = 3, Small = -2, Tiny = 255, Single = 1.5f, Left = null, Right = 4, Kind = Kind.Old, Rank = Kind.Old, Day = new DateOnly(2026, 1, 2), Moment = when,
            At = DateTimeOffset.UnixEpoch, Content = [1, 2, 3], Letter = 'x', Id2 = Guid.Empty, IsOn = true,
        });

        Assert.Equal((3, (short)-2, (byte)255, 1.5f), (back.Id, back.Small, back.Tiny, back.Single));
        Assert.Equal((null, 4L, Kind.Old, Kind.Old), (back.Left, back.Right, back.Kind, back.Rank));
        Assert.Equal((new DateOnly(2026, 1, 2), when, DateTimeOffset.UnixEpoch), (back.Day, back.Moment, back.At));
        Assert.Equal([1, 2, 3], back.Content);
        Assert.Equal(('x', Guid.Empty, true), (back.Letter, back.Id2, back.IsOn));
    }

    [Fact]
    public void Enums_AreKeptByNameOrByNumber()
    {
        var schema = EntitySchema.Of(typeof(Plain), "plain");
        var patch = new EntityMap<Plain>(schema).ToPatch(new Plain { Kind = Kind.Old, Rank = Kind.Old });

        Assert.Equal(("Old", 1L), (patch["kind"], patch["rank"]));
        Assert.Equal((FieldType.Text, FieldType.Integer), (schema["kind"].Type, schema["rank"].Type));
        Assert.Equal(["New", "Old"], schema["kind"].Choices);
        Assert.Null(schema["rank"].Choices);
    }

    [Fact]
    public void PositionalRecord_IsMadeByItsConstructor() => Assert.Equal(new Position(1, "Rye", null), RoundTrip(new Position(1, "Rye", null)));

    [Fact]
    public void RequiredAndInitOnlyMembers_AreSet()
    {
        var back = RoundTrip(new Strict { Id = 1, Name = "Rye", Note = "dark" }.Change("late"));

        Assert.Equal((1, "Rye", "dark", "late"), (back.Id, back.Name, back.Note, back.Changed));
    }

    [Fact]
    public void Constructor_ThatTakesMore_IsPreferredAndTheRestIsSet()
    {
        var back = RoundTrip(new Mixed(1, "Rye") { Note = "dark" });

        Assert.Equal((1, "Rye", "dark", 0), (back.Id, back.Name, back.Note, back.Counted));
    }

    [Fact]
    public void Property_WithoutField_KeepsItsDefault()
    {
        var schema = new TableSchema("t", [new Field("id", FieldType.Integer), new Field("name", FieldType.Text)], ["id"]);
        var map = new EntityMap<Position>(schema);

        Assert.Equal(new Position(1, "Rye", null), map.Create(new Tandem.Records.Record(schema, [1L, "Rye"])));
        Assert.Equal(new Defaulted(1, 7), new EntityMap<Defaulted>(schema).Create(new Tandem.Records.Record(schema, [1L, "Rye"])));
    }

    [Fact]
    public void RecordOfAQueryForFewerFields_LeavesTheOthersDefault()
    {
        var schema = EntitySchema.Of(typeof(Position), "t");
        var map = new EntityMap<Position>(schema);
        var fewer = schema.Project(["price"]);

        Assert.Equal(new Position(1, null!, 3m), map.Create(new Tandem.Records.Record(fewer, [1L, 3m])));
        Assert.Equal(new Position(1, "Rye", 3m), map.Create(new Tandem.Records.Record(schema, [1L, "Rye", 3m])));
    }

    [Fact]
    public void Null_InAPropertyThatHoldsNone_IsTheDefault()
    {
        var schema = EntitySchema.Of(typeof(Plain), "plain");
        var back = new EntityMap<Plain>(schema).Create(new Tandem.Records.Record(schema, new object?[schema.Fields.Count]));

        Assert.Equal((0, false, Kind.New, default), (back.Id, back.IsOn, back.Kind, back.Day));
    }

    [Fact]
    public void ValueOfAnotherType_IsReadAsFarAsItCan()
    {
        var schema = EntitySchema.Of(typeof(Position), "t");
        var map = new EntityMap<Position>(schema);

        Assert.Equal(12, map.Create(new Tandem.Records.Record(schema, ["12", "Rye", null])).Id);
        Assert.Throws<OverflowException>(() => map.Create(new Tandem.Records.Record(schema, [long.MaxValue, "Rye", null])));
    }

    [Fact]
    public void ValueObjects_AreStoredByTheirConverters()
    {
        var schema = EntitySchema.Of(typeof(Customer), "customers");
        var map = new EntityMap<Customer>(schema);
        var patch = map.ToPatch(new Customer { Id = 1, Mail = new Mail("ann", "example.org"), Other = null, Debt = new Cents(250) });

        Assert.Equal(("ann@example.org", null, 2.50m), (patch["mail"], patch["other"], patch["debt"]));
        Assert.Equal((FieldType.Text, false, FieldType.Text, true, FieldType.Decimal), (schema["mail"].Type, schema["mail"].IsNullable, schema["other"].Type, schema["other"].IsNullable, schema["debt"].Type));
        var back = map.Create(new Tandem.Records.Record(schema, [.. patch.Values]));
        Assert.Equal((new Mail("ann", "example.org"), null, new Cents(250)), (back.Mail, back.Other, back.Debt));
    }

    [Fact]
    public void ValueObjects_AreComparedInFilters()
    {
        var mail = new Mail("ann", "example.org");

        Assert.Equal(Filter.Eq("mail", "ann@example.org"), Filter.Of<Customer>(c => c.Mail == mail));
        Assert.Throws<Tandem.Querying.Lambdas.FilterExpressionException>(() => Filter.Of<Customer>(c => c.Debt > new Cents(1)));
    }

    [Fact]
    public void Converter_OfAnotherType_IsRefused() =>
        Assert.Contains("FieldConverter<Cents", Assert.Throws<ArgumentException>(() => EntitySchema.Of(typeof(Wrong), "wrong")).Message, StringComparison.Ordinal);

    [Fact]
    public async Task LiveTable_OfAClassWithValueObjects_EditsThem()
    {
        var database = new MemoryDatabase();
        database.Add<Customer>();
        await using var customers = await LiveTable<Customer>.OpenAsync(database, null, null, Token);
        var created = Assert.IsType<SaveResult.Created>(await customers.AddAsync(new Customer { Mail = new Mail("ann", "example.org") }, "Ann", Token));
        using var edit = (await customers.EditAsync(created.Key, "Bob", cancellationToken: Token))!;

        edit.Set(c => c.Mail, new Mail("bob", "example.org"));
        edit.Resolve(c => c.Debt, new Cents(125));

        Assert.Equal(new Mail("bob", "example.org"), edit.Get(c => c.Mail));
        Assert.IsType<SaveResult.Saved>(await edit.SaveAsync(Token));
        var stored = (await customers.GetAsync(created.Key, Token))!;
        Assert.Equal((new Mail("bob", "example.org"), new Cents(125)), (stored.Mail, stored.Debt));
    }

    [Fact]
    public void NewEdit_OfAClass_RefersToAnotherByItsTemporaryKey()
    {
        var database = new MemoryDatabase();
        var table = database.Add<Plain>();
        using var parent = table.New("Ann");
        using var child = RecordEdit<Plain>.New(database, table, new EntityMap<Plain>(table.Schema), "Ann");

        child["Left"] = parent.Key.Values[0];

        Assert.Null(child.Get(p => p.Left));
        Assert.Equal(parent.Key.Values[0], child.Record["left"]);
    }

    private static T RoundTrip<T>(T entity)
        where T : class
    {
        var schema = EntitySchema.Of(typeof(T), "t");
        var map = new EntityMap<T>(schema);
        var patch = map.ToPatch(entity);
        return map.Create(new Tandem.Records.Record(schema, [.. schema.Fields.Select(f => patch[f.Name])]));
    }

    private enum Kind
    {
        New,
        Old,
    }

    private sealed class Plain
    {
        public int Id { get; set; }

        public short Small { get; set; }

        public byte Tiny { get; set; }

        public float Single { get; set; }

        public int? Left { get; set; }

        public long? Right { get; set; }

        public Kind Kind { get; set; }

        [Column(TypeName = "integer")]
        public Kind Rank { get; set; }

        public DateOnly Day { get; set; }

        public DateTime Moment { get; set; }

        public DateTimeOffset At { get; set; }

        public byte[] Content { get; set; } = [];

        public char Letter { get; set; }

        public Guid Id2 { get; set; }

        public bool IsOn { get; set; }
    }

    private sealed record Position(int Id, string Name, decimal? Price);

    private sealed record Defaulted(int Id, int Missing = 7);

    private sealed class Strict
    {
        public required int Id { get; init; }

        [MaxLength(10)]
        public required string Name { get; init; }

        public string? Note { get; init; }

        public string? Changed { get; private set; }

        public Strict Change(string value)
        {
            Changed = value;
            return this;
        }
    }

    private sealed class Mixed(int id, string name)
    {
        public int Id { get; } = id;

        public string Name { get; } = name;

        public string? Note { get; init; }

        [NotMapped]
        public int Counted { get; set; }
    }

    private sealed class Customer
    {
        public int Id { get; set; }

        public required Mail Mail { get; set; }

        public Mail? Other { get; set; }

        [FieldConverter(typeof(CentsAsDecimal))]
        public Cents Debt { get; set; }

        public Customer() => Mail = new Mail("", "");
    }

    private sealed class Wrong
    {
        public int Id { get; set; }

        [FieldConverter(typeof(MailAsText))]
        public Cents Debt { get; set; }
    }

    [FieldConverter(typeof(MailAsText))]
    private sealed record Mail(string Name, string Host);

    private readonly record struct Cents(long Count) : IComparable<Cents>
    {
        public int CompareTo(Cents other) => Count.CompareTo(other.Count);

        public static bool operator >(Cents a, Cents b) => a.Count > b.Count;

        public static bool operator <(Cents a, Cents b) => a.Count < b.Count;
    }

    private sealed class MailAsText : FieldConverter<Mail, string>
    {
        public override string ToField(Mail value) => $"{value.Name}@{value.Host}";

        public override Mail FromField(string stored) => new(stored.Split('@')[0], stored.Split('@')[1]);
    }

    private sealed class CentsAsDecimal : FieldConverter<Cents, decimal>
    {
        public override decimal ToField(Cents value) => value.Count / 100m;

        public override Cents FromField(decimal stored) => new((long)(stored * 100));
    }
}
