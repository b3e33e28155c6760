-- Locks on bills (收费加锁), the undoing of a booking (冲正), and the second of two steps of a booking (确认到账). Conventions as in hospital.sql.
SET NOCOUNT ON
GO

-- A lock holds for ten minutes unless it is given back. While it holds no doctor changes the bill and no cashier takes it.
IF OBJECT_ID('dbo.bill_lock', 'U') IS NULL
BEGIN
  CREATE TABLE dbo.bill_lock (
    lock_no varchar(32) NOT NULL,
    bill_no varchar(32) NOT NULL,
    expires_time char(16) NOT NULL,
    released int NOT NULL DEFAULT 0,
    CONSTRAINT PK_bill_lock PRIMARY KEY (lock_no, bill_no)
  )
  CREATE INDEX IX_bill_lock_bill ON dbo.bill_lock (bill_no)
END
GO
IF OBJECT_ID('dbo.settlement_reversal', 'U') IS NULL
CREATE TABLE dbo.settlement_reversal (
  trade_no varchar(32) NOT NULL CONSTRAINT PK_settlement_reversal PRIMARY KEY,
  settlement_no varchar(32) NOT NULL,
  amount decimal(12,2) NOT NULL,
  reason nvarchar(80) NOT NULL,
  reversal_time char(16) NOT NULL
)
GO
IF OBJECT_ID('dbo.settlement_arrival', 'U') IS NULL
CREATE TABLE dbo.settlement_arrival (
  trade_no varchar(32) NOT NULL CONSTRAINT PK_settlement_arrival PRIMARY KEY,
  channel_trade_no varchar(64) NOT NULL,
  arrival_time char(16) NOT NULL
)
GO

IF OBJECT_ID('dbo.usp_hospay_lock_bills', 'P') IS NOT NULL DROP PROCEDURE dbo.usp_hospay_lock_bills
GO
-- ret_code: 0 locked (also on replay: the time begins anew), 160301 a bill is unknown or somebody else's, 160302 paid, 160303 somebody else holds a lock, 99 system error.
CREATE PROCEDURE dbo.usp_hospay_lock_bills
  @lock_no varchar(32),
  @patient_id varchar(20),
  @bill_nos varchar(400),
  @ret_code int OUTPUT,
  @ret_msg nvarchar(200) OUTPUT
AS
BEGIN
  SET NOCOUNT ON
  DECLARE @wanted TABLE (bill_no varchar(32) NOT NULL PRIMARY KEY)
  DECLARE @rest varchar(401), @comma int, @one varchar(32), @now datetime, @time char(16), @expires char(16)
  SELECT @ret_code = 0, @ret_msg = N'', @now = GETDATE()
  SET @time = CONVERT(char(8), @now, 112) + CONVERT(char(8), @now, 108)
  SET @expires = CONVERT(char(8), DATEADD(minute, 10, @now), 112) + CONVERT(char(8), DATEADD(minute, 10, @now), 108)
  SET @rest = @bill_nos + ','
  SET @comma = CHARINDEX(',', @rest)
  WHILE @comma > 0
  BEGIN
    SET @one = LTRIM(RTRIM(LEFT(@rest, @comma - 1)))
    IF LEN(@one) > 0 AND NOT EXISTS (SELECT 1 FROM @wanted WHERE bill_no = @one)
      INSERT INTO @wanted (bill_no) VALUES (@one)
    SET @rest = SUBSTRING(@rest, @comma + 1, 400)
    SET @comma = CHARINDEX(',', @rest)
  END
  BEGIN TRY
    BEGIN TRANSACTION
    IF NOT EXISTS (SELECT 1 FROM @wanted) OR EXISTS (SELECT 1 FROM @wanted w LEFT JOIN dbo.bill b WITH (UPDLOCK) ON b.bill_no = w.bill_no AND b.patient_id = @patient_id WHERE b.bill_no IS NULL)
      SELECT @ret_code = 160301, @ret_msg = N'单据不存在'
    ELSE IF EXISTS (SELECT 1 FROM @wanted w INNER JOIN dbo.bill b ON b.bill_no = w.bill_no WHERE b.status IN (1, 2))
      SELECT @ret_code = 160302, @ret_msg = N'单据已结算或已关闭'
    ELSE IF EXISTS (SELECT 1 FROM @wanted w INNER JOIN dbo.bill b ON b.bill_no = w.bill_no WHERE b.status = 5)
         OR EXISTS (SELECT 1 FROM @wanted w INNER JOIN dbo.bill_lock l ON l.bill_no = w.bill_no WHERE l.lock_no <> @lock_no AND l.released = 0 AND l.expires_time > @time)
      SELECT @ret_code = 160303, @ret_msg = N'单据正在被他人处理'
    IF @ret_code <> 0
    BEGIN
      ROLLBACK TRANSACTION
      RETURN 0
    END
    UPDATE dbo.bill_lock SET expires_time = @expires, released = 0 WHERE lock_no = @lock_no AND bill_no IN (SELECT bill_no FROM @wanted)
    INSERT INTO dbo.bill_lock (lock_no, bill_no, expires_time)
    SELECT @lock_no, w.bill_no, @expires FROM @wanted w WHERE NOT EXISTS (SELECT 1 FROM dbo.bill_lock l WHERE l.lock_no = @lock_no AND l.bill_no = w.bill_no)
    COMMIT TRANSACTION
    SET @ret_msg = N'成功'
  END TRY
  BEGIN CATCH
    IF XACT_STATE() <> 0 ROLLBACK TRANSACTION
    SELECT @ret_code = 99, @ret_msg = LEFT(N'系统错误 ' + CONVERT(nvarchar(10), ERROR_NUMBER()) + N': ' + ERROR_MESSAGE(), 200)
  END CATCH
  RETURN 0
END
GO
IF OBJECT_ID('dbo.usp_hospay_unlock_bills', 'P') IS NOT NULL DROP PROCEDURE dbo.usp_hospay_unlock_bills
GO
-- ret_code: 0, whatever was locked: afterwards nothing is.
CREATE PROCEDURE dbo.usp_hospay_unlock_bills
  @lock_no varchar(32),
  @ret_code int OUTPUT,
  @ret_msg nvarchar(200) OUTPUT
AS
BEGIN
  SET NOCOUNT ON
  SELECT @ret_code = 0, @ret_msg = N'成功'
  UPDATE dbo.bill_lock SET released = 1 WHERE lock_no = @lock_no
  RETURN 0
END
GO

IF OBJECT_ID('dbo.usp_hospay_reverse', 'P') IS NOT NULL DROP PROCEDURE dbo.usp_hospay_reverse
GO
-- Undoes a booking as if it had never been: the bills are open again, the day list does not show it, and its trade number is never booked again.
-- ret_code: 0 reversed (also on replay), 210101 no such booking, 210104 another amount, 210106 a part was refunded, 210107 drugs were handed out, 99 system error.
CREATE PROCEDURE dbo.usp_hospay_reverse
  @trade_no varchar(32),
  @settlement_no varchar(32),
  @amount decimal(12,2),
  @reason nvarchar(80),
  @ret_code int OUTPUT,
  @ret_msg nvarchar(200) OUTPUT
AS
BEGIN
  SET NOCOUNT ON
  DECLARE @now datetime, @booked decimal(12,2), @status int, @dispensed int
  SELECT @ret_code = 0, @ret_msg = N'', @now = GETDATE()
  BEGIN TRY
    BEGIN TRANSACTION
    SELECT @booked = amount, @status = status, @dispensed = dispensed FROM dbo.settlement WITH (UPDLOCK, HOLDLOCK) WHERE trade_no = @trade_no AND settlement_no = @settlement_no
    IF @booked IS NULL
      SELECT @ret_code = 210101, @ret_msg = N'结算记录不存在'
    ELSE IF @booked <> @amount
      SELECT @ret_code = 210104, @ret_msg = N'冲正金额不符'
    ELSE IF @status = 4
    BEGIN
      ROLLBACK TRANSACTION
      SET @ret_msg = N'已冲正'
      RETURN 0
    END
    ELSE IF @status IN (1, 2)
      SELECT @ret_code = 210106, @ret_msg = N'已退款, 不能冲正'
    ELSE IF @dispensed = 1
      SELECT @ret_code = 210107, @ret_msg = N'已发药, 不能冲正'
    IF @ret_code <> 0
    BEGIN
      ROLLBACK TRANSACTION
      RETURN 0
    END
    INSERT INTO dbo.settlement_reversal (trade_no, settlement_no, amount, reason, reversal_time) VALUES (@trade_no, @settlement_no, @amount, ISNULL(@reason, N''), CONVERT(char(8), @now, 112) + CONVERT(char(8), @now, 108))
    UPDATE dbo.settlement SET status = 4 WHERE trade_no = @trade_no
    UPDATE dbo.bill SET status = 0, settlement_no = NULL, version = version + 1 WHERE settlement_no = @settlement_no
    COMMIT TRANSACTION
    SET @ret_msg = N'成功'
  END TRY
  BEGIN CATCH
    IF XACT_STATE() <> 0 ROLLBACK TRANSACTION
    SELECT @ret_code = 99, @ret_msg = LEFT(N'系统错误 ' + CONVERT(nvarchar(10), ERROR_NUMBER()) + N': ' + ERROR_MESSAGE(), 200)
  END CATCH
  RETURN 0
END
GO

IF OBJECT_ID('dbo.usp_hospay_confirm_arrival', 'P') IS NOT NULL DROP PROCEDURE dbo.usp_hospay_confirm_arrival
GO
-- For terminals that book in two steps: usp_hospay_confirm with @await_arrival = 1 books with status 3, this makes it 0. Both together are the booking.
-- ret_code: 0 arrived (also on replay), 190101 no such booking, 190104 another amount, 99 system error.
CREATE PROCEDURE dbo.usp_hospay_confirm_arrival
  @trade_no varchar(32),
  @settlement_no varchar(32),
  @amount decimal(12,2),
  @channel_trade_no varchar(64),
  @ret_code int OUTPUT,
  @ret_msg nvarchar(200) OUTPUT
AS
BEGIN
  SET NOCOUNT ON
  DECLARE @now datetime, @booked decimal(12,2), @status int
  SELECT @ret_code = 0, @ret_msg = N'成功', @now = GETDATE()
  BEGIN TRY
    BEGIN TRANSACTION
    SELECT @booked = amount, @status = status FROM dbo.settlement WITH (UPDLOCK, HOLDLOCK) WHERE trade_no = @trade_no AND settlement_no = @settlement_no
    IF @booked IS NULL OR @status = 4
      SELECT @ret_code = 190101, @ret_msg = N'结算记录不存在'
    ELSE IF @booked <> @amount
      SELECT @ret_code = 190104, @ret_msg = N'到账金额不符'
    ELSE IF NOT EXISTS (SELECT 1 FROM dbo.settlement_arrival WHERE trade_no = @trade_no)
    BEGIN
      INSERT INTO dbo.settlement_arrival (trade_no, channel_trade_no, arrival_time) VALUES (@trade_no, @channel_trade_no, CONVERT(char(8), @now, 112) + CONVERT(char(8), @now, 108))
      UPDATE dbo.settlement SET status = 0 WHERE trade_no = @trade_no AND status = 3
    END
    COMMIT TRANSACTION
  END TRY
  BEGIN CATCH
    IF XACT_STATE() <> 0 ROLLBACK TRANSACTION
    SELECT @ret_code = 99, @ret_msg = LEFT(N'系统错误 ' + CONVERT(nvarchar(10), ERROR_NUMBER()) + N': ' + ERROR_MESSAGE(), 200)
  END CATCH
  RETURN 0
END
GO
