using System.ComponentModel.DataAnnotations;
using Tandem.Records;
using Tandem.Tables;

namespace Tandem.Tests.Entities;

public class EntityRulesTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static async Task<ITable> TableAsync(Action<TandemOptions>? more = null)
    {
        var options = new TandemOptions().Entity<Booking>("bookings");
        more?.Invoke(options);
        options.UseMemory();
        var database = await options.Open!(null!, Token);
        return database.Find("bookings")!;
    }

    private static async Task<FieldError> RefusedAsync(ITable table, params (string, object?)[] values)
    {
        var write = new Write.Insert(new Patch(values.Select(v => KeyValuePair.Create(v.Item1, v.Item2))), new WriteContext("Ann"));
        return Assert.Single(Assert.IsType<WriteResult.Rejected>(await table.WriteAsync(write, Token)).Errors);
    }

    [Fact]
    public async Task Class_WithItsOwnValidation_IsAskedOnEveryWrite()
    {
        var table = await TableAsync();
        Assert.Equal(new FieldError("until", "Until must not be before From."), await RefusedAsync(table, ("guest", "ann@example.org"), ("from", 5L), ("until", 3L)));
        Assert.Equal("guest", (await RefusedAsync(table, ("guest", "nobody"), ("from", 1L), ("until", 3L))).Field);
        Assert.Equal("from", (await RefusedAsync(table, ("guest", "ann@example.org"), ("from", 13L), ("until", 14L))).Field);
    }

    [Fact]
    public async Task Options_WithRulesOfClassAndTable_AddBoth()
    {
        var table = await TableAsync(o => o
            .Rule<Booking>(b => b.From == 7 ? [new ValidationResult("Closed on the 7th.", [nameof(Booking.From)])] : [], "bookings")
            .Rule("bookings", r => r["guest"] is "tom@example.org" ? [new FieldError("guest", "Tom may not book.")] : [])
            .Clean("bookings", "guest", g => (g as string)?.Trim()));
        Assert.Equal(new FieldError("from", "Closed on the 7th."), await RefusedAsync(table, ("guest", "ann@example.org"), ("from", 7L), ("until", 8L)));
        Assert.Equal(new FieldError("guest", "Tom may not book."), await RefusedAsync(table, ("guest", " tom@example.org "), ("from", 1L), ("until", 8L)));
    }

    private sealed class NotUnluckyAttribute : ValidationAttribute
    {
        public override bool IsValid(object? value) => value is not 13L;
    }

    private sealed class Booking : IValidatableObject
    {
        public long Id { get; set; }

        [EmailAddress]
        public string Guest { get; set; } = "";

        [NotUnlucky]
        public long From { get; set; }

        public long Until { get; set; }

        public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
        {
            if (Until < From)
            {
                yield return new ValidationResult("Until must not be before From.", [nameof(Until)]);
            }
        }
    }
}
